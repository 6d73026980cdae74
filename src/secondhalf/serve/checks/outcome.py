"""What a check found and what follows from it."""

from dataclasses import dataclass

from secondhalf.rows import Verdict


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """A verdict that did not pass, and what is done: flag, mask or block."""

    verdict: Verdict
    action: str

    @property
    def blocks(self) -> bool:
        """Whether the text is withheld."""
        return self.action == "block"


def failed(id: str, check: str, action: str, score: float, reason: str) -> CheckOutcome:
    """The outcome of a whole text that did not pass."""
    return CheckOutcome(Verdict(id, check, False, score, reason), action)
