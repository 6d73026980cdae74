"""The answers that a set on errors and safety is scored with, as a run has them made."""

from pathlib import Path

from secondhalf.evaluate.answers import SamplingOptions, generate_answers
from secondhalf.evaluate.safety.prompts import SafetyItem
from secondhalf.evaluate.safety.stage import answered_items
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.store import Stage


def answered(model: StudentModel, items: list[SafetyItem], folder: Path, longest: int = 4) -> Stage:
    """A stage with the model's greedy answers."""
    folder.mkdir()
    generate_answers(
        model,
        Template.named("plain"),
        SamplingOptions(longest, 0.0, 1),
        answered_items(items),
        [(None, Stage(folder))],
        "test",
    )
    return Stage(folder)
