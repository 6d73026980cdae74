"""Whether an arm answers as it did in its run: asked anew through the very engine that will serve it, before the port opens.

Another machine, and more so another engine, rounds otherwise, and an answer may part from the expected one at any token; so
what is compared is how far they go together.
"""

from collections.abc import Sequence
from contextlib import aclosing

from secondhalf.errors import UserError
from secondhalf.serve.engines.generation import Engine, ExpectedAnswer, GenerationRequest
from secondhalf.serve.errors import ApiError

_TOGETHER = 0.5  # share of the expected answers' characters up to where the new ones part from them


async def check_arm(name: str, engine: Engine, expected: Sequence[ExpectedAnswer]) -> float:
    """The share of the expected answers that comes again. Raises UserError where the arm answers as another model would."""
    total = same = as_untouched = 0
    for one in expected:
        text = await _answer(name, engine, one.request)
        total += len(one.text)
        same += _together(one.text, text)
        as_untouched += _together(one.untouched, text)
    share = same / total if total else 1.0
    if share < _TOGETHER or as_untouched > same:
        student = "; it answers more like the untouched student" if as_untouched > same else ""
        raise UserError(
            f"The arm {name} answers otherwise than in its run ({share:.0%} of {len(expected)} expected answers come again"
            f"{student}): what was loaded is not what was trained. Check the student's files and the store (`secondhalf store "
            "--check`), and the export or the server's model where one is named."
        )
    return share


async def _answer(name: str, engine: Engine, request: GenerationRequest) -> str:
    text = ""
    try:
        async with aclosing(engine.generate(request)) as deltas:
            async for delta in deltas:
                text += delta.text
    except ApiError as error:
        raise UserError(f"The arm {name} cannot answer: {error}") from error
    return text.strip()


def _together(one: str, other: str) -> int:
    """Characters that two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (left, right) in pairs if left != right), min(len(one), len(other)))
