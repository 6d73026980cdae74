"""What the page's facts are made of: numbers, counts, texts, units."""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field


def _whole(value: object) -> object:
    """Lone surrogates written out, since neither UTF-8 nor JSON can hold them; other values as they are."""
    if not isinstance(value, str) or value.isascii():
        return value
    return "".join(f"\\u{ord(c):04x}" if 0xD800 <= ord(c) <= 0xDFFF else c for c in value)


# Beyond the bounds a figure is a fault of its maker, and a plot's arithmetic could overflow.
Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e15, le=1e15)]
Count = Annotated[int, Field(ge=0, le=10**15)]
Text = Annotated[str, BeforeValidator(_whole)]
Unit = Literal["share", "nats", "points", "count"]
Role = Literal[
    "untouched", "sharpened", "prompted", "control", "taught", "shuffled", "responses_only", "unaudited", "mixed",
    "transferred", "scaled", "instructed", "magpie",
]  # fmt: skip

JudgeWarning = Literal["same_family", "blind", "unread", "flips"]
Unchecked = Literal[
    "answers", "answers_judged", "answers_compared", "benchmarks", "other_benchmarks", "hidden_instructions", "safety",
    "repetition", "forgetting",
    "names", "names_light", "names_presidio",
]  # fmt: skip


def is_benchmark(figure: str) -> bool:
    """True for the figures of benchmarks: they are named BENCHMARK.FIGURE."""
    return re.fullmatch(r"\w+\.\w+", figure) is not None
