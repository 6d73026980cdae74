"""Two answers to one prompt, shown to a judge both ways round: judges favour a place."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from secondhalf.evaluate.judge.shown import shown
from secondhalf.models.request import Request, Sampling


class Asked(Protocol):
    """A prompt of any kind."""

    @property
    def id(self) -> str: ...
    @property
    def text(self) -> str: ...


def both_orders(
    prompts: Sequence[Asked],
    answers: Mapping[str, str],
    baseline: Mapping[str, str],
    longest: int,
    *,
    system: str,
    question: Callable[[str, str, str], str],
    markers: Sequence[str],
) -> list[Request]:
    """Two questions for each prompt: ID#1 with the baseline's answer first, ID#2 with it second.

    `question` makes the user message of prompt, first and second answer; `markers` are what frames those in it.
    """
    asked = []
    for prompt in prompts:
        theirs, ours = (shown(texts[prompt.id], markers, longest) for texts in (baseline, answers))
        for game, (first, second) in enumerate(((theirs, ours), (ours, theirs)), 1):
            messages = (("system", system), ("user", question(prompt.text, first, second)))
            asked.append(Request(f"{prompt.id}#{game}", messages, Sampling()))
    return asked


def for_arm(verdicts: Mapping[str, float]) -> dict[str, float]:
    """Verdicts by ID#GAME in favour of what stands first, turned to the arm's favour: it is second in the first game."""
    return {id: -step if id.endswith("#1") else step for id, step in verdicts.items()}
