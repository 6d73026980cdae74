"""An answer as a judge sees it: bounded, and unable to end its own place in the question."""

from collections.abc import Sequence

from secondhalf.evaluate.judge.frame import neutralise

CUT = "\n\n[… {count} characters left out …]\n\n"


def excerpt_for_judge(answer: str, markers: Sequence[str], longest: int) -> str:
    """The answer's beginning and end, `longest` characters together, with the frame's marks made harmless.

    An answer of no more than `longest` characters without such marks is shown as it is.
    """
    if len(answer) > longest:
        half = longest // 2
        answer = answer[:half] + CUT.format(count=len(answer) - 2 * half) + answer[-half:]
    return neutralise(answer, markers)
