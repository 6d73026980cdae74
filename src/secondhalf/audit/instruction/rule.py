"""One rule: a pattern of a kind of instruction-like content, and how sure it is of it."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "explicit_request", "indirect_request", "question_answer", "dialogue", "how_to", "assistant", "template", "exercise", "form",
]  # fmt: skip
"""The kinds of benchmarks/instruction_labels/guide.md."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` is searched in lower-case text if one of `hints` (literal, lower case) stands in it; no hints: always.

    `sure`: a match alone refuses a side; else it is evidence that the classifier weighs. `times`: matches needed.
    `response_only`: what a writer may say of a text and a continuation may not. `weighed`: sure where the text was disguised;
    else it is evidence.
    """

    name: str
    kind: Kind
    pattern: re.Pattern[str]
    hints: tuple[str, ...] = ()
    sure: bool = True
    times: int = 1
    response_only: bool = False
    weighed: bool = False

    def span(self, text: str) -> tuple[int, int] | None:
        """Where the rule first matches in a lower-case text; None where it does not, or too seldom."""
        for hint in self.hints:
            if hint in text:
                break
        else:
            if self.hints:
                return None
        first = self.pattern.search(text)
        if first is None:
            return None
        match: re.Match[str] | None = first
        for _ in range(self.times - 1):
            match = self.pattern.search(text, match.end()) if match else None
        return first.span() if match else None
