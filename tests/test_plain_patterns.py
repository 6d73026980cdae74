"""Patterns that were written anew to be linear find what the plain ones find, which one can read, and which are quadratic."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.clean import markup, tokenized_text
from secondhalf.clean.english import words
from secondhalf.evaluate.arena_hard import style
from secondhalf.evaluate.ifeval import english
from secondhalf.evaluate.judge import attempts
from secondhalf.evaluate.mt_bench import grading

_LINE = markup._LINE.pattern.partition("(?:")[2].replace(r"|(?<= )\{[ \t]*$", "")
_VERDICT = r"\[\[\s*(?:\d+(?:\.\d+)?|[AB][<>=]{1,2}[AB]|A|B|C)\s*\]\][.。!\s]*$"

# The linear pattern, the plain one, and the pieces that texts are made of.
PAIRS = {
    "verdict": (
        attempts._VERDICTS,
        re.compile(
            rf"^[^\w\n]*(?:(?:final )?(?:rating|verdict|score|grade)|評価|判定|採点|評点)?[^\w\n]*{_VERDICT}",
            re.IGNORECASE | re.MULTILINE,
        ),
        ["[", "]", "[[", "]]", "5", "[[5]]", "A>B", "[[ B ]]", "score", "判定", "!", "x"],
    ),
    "list": (style._LIST, re.compile(r"^\s*(?:\d+\.|[-*+])\s", re.MULTILINE), ["1", ".", "-", "*", "x"]),
    "markup": (markup._LINE, re.compile(rf"[ \t]*(?:{_LINE}"), ["{", "}", ".a", "let", "x", "=", "|", '"a"', ":", ";"]),
    "sentences": (tokenized_text._SENTENCE_STARTS, re.compile("2[12]*0"), ["0", "1", "2"]),
    "suffix": (
        words._SUFFIX,
        re.compile(words._SUFFIX.pattern.replace(r"(?<!\.)", "", 1)),
        [".", "..", "…", "a", "1", "'s", "%"],
    ),
    "rating": (grading._RATING, re.compile(r"\[\[(\d+\.?\d*)\]\]"), ["[[", "]]", "1", ".", "5"]),
    "stop": (
        english._LAST_STOP,
        re.compile(r"(?<=[^.])\.(?=[])}>\"'»”’ ]*\s*\Z)"),
        [".", ")", '"', "x"],
    ),
}
_BLANKS = [" ", "  ", "\t", "\n", "\n\n", "\r", "\u3000"]


@pytest.mark.parametrize("name", PAIRS)
@given(data=st.data())
def test_the_same_is_found(name: str, data: st.DataObject) -> None:
    """A line is looked at from its beginning; what stands before the blanks of a turn or a request is no part of it."""
    linear, plain, pieces = PAIRS[name]
    text = "".join(data.draw(st.lists(st.sampled_from(pieces + _BLANKS), max_size=25)))
    if name == "markup":
        text = text.replace("\n", " ")
        assert (linear.match(text) is None) == (plain.match(text) is None)
    elif name in ("turn", "request"):
        match, expected = linear.search(text), plain.search(text)
        assert (match and (max(match.start(), match.end("before")), match.end())) == (expected and expected.span())
    elif name in ("list", "sentences"):  # they are counted
        assert len(linear.findall(text)) == len(plain.findall(text))
    else:
        matches = [(match.span(), match.groups()) for match in linear.finditer(text)]
        assert matches == [(match.span(), match.groups()) for match in plain.finditer(text)]
