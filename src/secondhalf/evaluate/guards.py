"""When an answer is none: it is empty, copies its prompt or loops. Such answers pass many checks without doing what was asked.

A loop of the prompt's own words has its keywords and its length, and nothing at all passes "do not mention rain".
"""

from typing import NamedTuple

from secondhalf.evaluate.everyday import probes

LOOPS = 0.4
"""Most of an answer's 4-grams (Japanese, Chinese: 8-grams of characters) that may have occurred before; good answers: 0.06."""
ECHOES = 0.7
"""Most of an answer's 4-grams (8-grams) that may stand in the prompt; our good answers: 0.30."""


class Guard(NamedTuple):
    """One guard on one answer: it trips when the share, 0 to 1, is above the limit."""

    name: str
    share: float
    limit: float
    reason: str

    @property
    def trips(self) -> bool:
        """The answer is none, for `reason`."""
        return self.share > self.limit


def guards(prompt: str, answer: str) -> list[Guard]:
    """The three guards on an answer: empty, echo and loop."""
    return [
        Guard("empty", probes.empty(answer), 0.0, "the answer is empty"),
        Guard("echo", probes.echo(prompt, answer), ECHOES, "the answer copies the prompt"),
        Guard("loop", probes.repeats(answer), LOOPS, "the answer loops"),
    ]


def is_no_answer(prompt: str, answer: str) -> bool:
    """Whether any guard trips."""
    return any(guard.trips for guard in guards(prompt, answer))
