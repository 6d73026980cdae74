"""Whether an arm answers as it did in its run: asked anew through the very engine that will serve it, before the port opens.

The run's own answers to the everyday prompts are drawn again with their seeds. Another machine rounds otherwise, and an
answer may part from the stored one at any token; so what is compared is how far they go together.
"""

from contextlib import aclosing
from dataclasses import dataclass

from secondhalf.errors import UserError
from secondhalf.evaluate.answers import PER_PART, SEED_STRIDE, read_answers
from secondhalf.evaluate.everyday.stage import select_everyday
from secondhalf.runs import Label, Run
from secondhalf.serve.engines.generation import Engine, GenerationRequest

_ANSWERS = 8  # of which the shortest are compared
_TOGETHER = 0.5  # share of the stored answers' characters up to where the new ones part from them


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer of the run, and what it was an answer to."""

    request: GenerationRequest
    text: str


def stored_answers(run: Run, arm: str, seed: int | None) -> list[StoredAnswer]:
    """The shortest of the arm's answers to the everyday prompts; none where the run was not evaluated.

    `seed`: the training seed, None for an arm that is not trained.
    """
    stage = run.stages().get(Label("answers", benchmark="everyday", arm=arm, seed=seed))
    if stage is None or not stage.whole:
        return []
    settings, answers = run.recipe.evaluate, read_answers(stage)
    stored = []
    for number, prompt in enumerate(select_everyday(settings)):
        if prompt.id in answers and answers[prompt.id].text:
            part, index = divmod(number, PER_PART)
            seed_of_prompt = settings.seed + SEED_STRIDE * part + index
            request = GenerationRequest(
                (prompt.text,), True, settings.max_tokens, settings.temperature, 1.0, seed_of_prompt
            )
            stored.append(StoredAnswer(request, answers[prompt.id].text))
    return sorted(stored, key=lambda one: len(one.text))[:_ANSWERS]


async def check_arm(name: str, engine: Engine, stored: list[StoredAnswer]) -> float:
    """The share of the stored answers that comes again. Raises UserError where the arm answers as another model would."""
    total = same = 0
    for one in stored:
        text = ""
        async with aclosing(engine.generate(one.request)) as deltas:
            async for delta in deltas:
                text += delta.text
        total += len(one.text)
        same += _together(one.text, text.strip())
    share = same / total if total else 1.0
    if share < _TOGETHER:
        raise UserError(
            f"The arm {name} answers otherwise than in its run ({share:.0%} of {len(stored)} stored answers come again): "
            "what was loaded is not what was trained. Check the student's files and the store (`secondhalf store --check`)."
        )
    return share


def _together(one: str, other: str) -> int:
    """Characters that two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (left, right) in pairs if left != right), min(len(one), len(other)))
