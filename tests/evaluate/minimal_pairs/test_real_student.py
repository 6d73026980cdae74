"""The minimal pairs on the real untouched student: nothing that teaches nothing moves them. benchmarks/invariance.py has all pairs."""

from pathlib import Path

import pytest

from secondhalf.evaluate.minimal_pairs.shuffle import shuffle_prompts
from secondhalf.evaluate.minimal_pairs.stage import score_minimal_pairs, select_minimal_pairs
from secondhalf.evaluate.settings import EvaluateSettings
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.reference import resolve
from secondhalf.models.weights.convert import student_folder
from secondhalf.recipe import load_recipe
from secondhalf.store import Stage
from support import ROOT

pytestmark = pytest.mark.models
PAIRS = select_minimal_pairs(EvaluateSettings(part="choose", minimal_pairs=24, languages=["en"]))


@pytest.mark.soak  # most of a minute; benchmarks/invariance.py holds the same of more pairs
def test_sharpness_moves_the_share_little_and_shuffled_prompts_leave_chance(tmp_path: Path) -> None:
    reference = resolve(load_recipe(ROOT / "recipes" / "quickstart.yaml").students["base"])
    model, template = StudentModel(student_folder(reference.path, reference.identity)), Template.named("plain")

    def preferences(name: str, temperature: float, shuffled: bool = False) -> list[bool]:
        model.temperature = temperature
        stage = Stage(tmp_path / name)
        score_minimal_pairs(model, template, shuffle_prompts(PAIRS) if shuffled else PAIRS, stage, name)
        return [row["constrained"] > row["plain"] for row in stage.read("preferences").to_pylist()]

    as_it_is, flatter, sharper = (preferences(f"{scale}", 1 / scale) for scale in (1.0, 0.8, 1.5))
    for changed in (flatter, sharper):
        # Pairs near zero change sides, both ways: the share stays.
        assert abs(sum(changed) - sum(as_it_is)) <= 0.15 * len(PAIRS)
    assert 0.3 <= sum(preferences("shuffled", 1.0, shuffled=True)) / len(PAIRS) <= 0.7
