"""What of an answer is style: its length and its Markdown, counted as arena-hard-auto's add_markdown_info.py does.

The original counts tokens of gpt-3.5-turbo, whose vocabulary tiktoken downloads; here units are counted (words; characters
where there are no spaces). Only the relative difference of two answers is used, and still the win rate with style set aside is
up to 2.5 points from the original's on real judgments: the page says so.
"""

import re

from secondhalf.text.ngrams import units

_CODE = re.compile("```([^`]*)```")
_HEADER = re.compile(r"^#{1,6}\s", re.MULTILINE)
_LIST = re.compile(r"^[^\S\n]*+(?:\d++\.|[-*+])\s", re.MULTILINE)
_BOLD = re.compile(r"\*\*[^*\n]+\*\*|__[^_\n]+__")


def style_counts(answer: str) -> tuple[float, float, float, float]:
    """Units, headers, list items and bold runs; Markdown inside code blocks is none."""
    prose = _CODE.sub("", answer)
    return tuple(
        map(float, (len(units(answer)), *(len(pattern.findall(prose)) for pattern in (_HEADER, _LIST, _BOLD))))
    )  # type: ignore[return-value]
