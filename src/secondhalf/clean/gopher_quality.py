"""Gopher's quality rules (Rae et al., arXiv 2112.11446, appendix A.1.1), counted as datatrove counts them."""

import numpy as np
from pydantic import Field

from secondhalf.clean.rule import rule_verdict
from secondhalf.clean.tokenized_text import TokenizedText
from secondhalf.rows import Verdict
from secondhalf.settings import Settings


class GopherQualitySettings(Settings):
    """Every default is Gopher's. Empty: that rule is off."""

    enabled: bool = True
    """Japanese and Chinese texts are not judged by it: they have a profile of their own."""

    min_words: int | None = Field(50, ge=0)
    """Fewest words; a token of symbols alone is no word. Gopher: 50."""

    max_words: int | None = Field(100_000, ge=1)
    """Most words. Gopher: 100,000."""

    min_mean_length: float | None = Field(3, ge=0)
    """Least mean length of a word in characters. Gopher: 3."""

    max_mean_length: float | None = Field(10, ge=0)
    """Largest mean length of a word in characters. Gopher: 10."""

    max_symbols: float | None = Field(0.1, ge=0)
    """Most hash signs a token, and most ellipses a token. Gopher: 0.1."""

    max_bullet_lines: float | None = Field(0.9, ge=0, le=1)
    """Largest share of lines that start with a bullet or a dash. Gopher: 0.9."""

    max_ellipsis_lines: float | None = Field(0.3, ge=0, le=1)
    """Largest share of lines that end in an ellipsis. Gopher: 0.3."""

    min_letter_words: float | None = Field(0.8, ge=0, le=1)
    """Least share of tokens, punctuation among them, that hold a letter. Gopher: 0.8."""

    min_stop_words: int | None = Field(2, ge=0, le=8)
    """Least number of different words among the, be, to, of, and, that, have, with. Gopher: 2."""


_BULLETS = ("•", "-")
_ELLIPSES = ("...", "…")


def check_gopher_quality(text: TokenizedText, settings: GopherQualitySettings) -> list[Verdict]:
    """A verdict a rule, in the order of the paper (appendix A.1.1). Score: the figure that the rule limits."""
    raw, words = text.text, text.is_word
    count, total = int(np.count_nonzero(words)), max(len(words), 1)
    mean = float(text.lengths[words].sum()) / count if count else 0.0
    lines = raw.splitlines() or [""]
    bullets = sum(line.lstrip().startswith(_BULLETS) for line in lines) / len(lines)
    trailing = sum(line.rstrip().endswith(_ELLIPSES) for line in lines) / len(lines)
    letters = int(np.count_nonzero(text.has_letters)) / total
    stops = int(np.bitwise_or.reduce(text.stop_word_bits, initial=0)).bit_count()
    ellipses = raw.count("...") + raw.count("…")
    s, name = settings, "gopher_quality."
    return [
        rule_verdict(
            text.id,
            name + "words",
            count,
            "too few or too many words",
            "min_words max_words",
            least=s.min_words,
            most=s.max_words,
        ),
        rule_verdict(
            text.id,
            name + "mean_length",
            mean,
            "odd word lengths",
            "min_mean_length max_mean_length",
            least=s.min_mean_length,
            most=s.max_mean_length,
        ),
        rule_verdict(
            text.id, name + "hashes", raw.count("#") / total, "too many hash signs", "max_symbols", most=s.max_symbols
        ),
        rule_verdict(
            text.id, name + "ellipses", ellipses / total, "too many ellipses", "max_symbols", most=s.max_symbols
        ),
        rule_verdict(
            text.id, name + "bullet_lines", bullets, "mostly bullet points", "max_bullet_lines", most=s.max_bullet_lines
        ),
        rule_verdict(
            text.id,
            name + "ellipsis_lines",
            trailing,
            "too many unfinished lines",
            "max_ellipsis_lines",
            most=s.max_ellipsis_lines,
        ),
        rule_verdict(
            text.id,
            name + "letter_words",
            letters,
            "too few words with letters",
            "min_letter_words",
            least=s.min_letter_words,
        ),
        rule_verdict(
            text.id, name + "stop_words", stops, "too few stop words", "min_stop_words", least=s.min_stop_words
        ),
    ]
