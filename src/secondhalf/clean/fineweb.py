"""FineWeb's own quality rules (Penedo et al., arXiv 2406.17557, section 3.6), counted as datatrove counts them."""

from pydantic import Field

from secondhalf.clean.gopher_repetition import count_repeated
from secondhalf.clean.punctuation import TERMINAL
from secondhalf.clean.rule import rule_verdict
from secondhalf.clean.tokenized_text import TokenizedText
from secondhalf.rows import Verdict
from secondhalf.settings import Settings


class FineWebSettings(Settings):
    """Every default is FineWeb's. Empty: that rule is off."""

    enabled: bool = True
    """Japanese and Chinese texts are not judged by it: they have a profile of their own."""

    min_ended_lines: float | None = Field(0.12, ge=0, le=1)
    """Least share of lines that end in a sentence end. FineWeb: 0.12."""

    max_short_lines: float | None = Field(0.67, ge=0, le=1)
    """Largest share of short lines. FineWeb: 0.67."""

    short_line: int = Field(30, ge=0)
    """A line of at most this many characters is short. FineWeb: 30."""

    max_repeated_characters: float | None = Field(0.01, ge=0, le=1)
    """Largest share of characters in lines that occurred before. FineWeb: 0.01."""

    max_newlines: float | None = Field(0.3, ge=0)
    """Most line ends a token. FineWeb: 0.3."""


def check_fineweb(text: TokenizedText, settings: FineWebSettings) -> list[Verdict]:
    """A verdict a rule, in the order of the paper (section 3.6). Score: the share, or line ends a token."""
    raw = text.text
    lines = [line for line in raw.split("\n") if line.strip()]
    count = max(len(lines), 1)
    newlines = raw.count("\n")
    ended = sum(line[-1] in TERMINAL for line in lines) / count
    short = sum(len(line) <= settings.short_line for line in lines) / count
    characters = count_repeated(lines)[1] / max(len(raw) - newlines, 1)
    line_ends = newlines / max(len(text.tokens), 1)
    s, name = settings, "fineweb."
    return [
        rule_verdict(
            text.id, name + "ended_lines", ended, "too few finished lines", "min_ended_lines", least=s.min_ended_lines
        ),
        rule_verdict(
            text.id, name + "short_lines", short, "mostly short lines", "max_short_lines", most=s.max_short_lines
        ),
        rule_verdict(
            text.id,
            name + "repeated_lines",
            characters,
            "repeated lines",
            "max_repeated_characters",
            most=s.max_repeated_characters,
        ),
        rule_verdict(text.id, name + "newlines", line_ends, "too many line ends", "max_newlines", most=s.max_newlines),
    ]
