"""Arms that do not fit together are told by name before anything is made."""

from pathlib import Path

import pytest

from secondhalf.analysis.roles import role
from secondhalf.errors import UserError
from secondhalf.recipe import load_recipe

GOOD = """\
data: {taught: {teach: {model: dummy}}, mine: {instructions: {path: x.jsonl}}}
students: {base: /nowhere, instruct: arm:instructed}
arms:
  untouched: {student: base}
  taught: {student: base, data: {taught: 1}, train: {seeds: [4, 5]}}
  instructed: {student: base, data: {mine: 1}}
  mixed: {student: instruct, data: {taught: 0.8, mine: 0.2}}
  moved: {student: instruct, adapter_from: taught}
"""


def _load(folder: Path, text: str):
    path = folder / "r.yaml"
    path.write_text(text, "utf-8")
    return load_recipe(path)


def test_one_adapter_is_moved_for_each_seed_of_its_source(tmp_path: Path):
    recipe = _load(tmp_path, GOOD)
    assert recipe.arms["moved"].train.seeds == [4, 5]
    assert recipe.data_of("moved") == ["taught"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("adapter_from: taught", "adapter_from: tought", "there is no 'tought'"),
        ("adapter_from: taught", "adapter_from: untouched", "untouched is not trained"),
        ("adapter_from: taught", "adapter_from: mixed", "mixed has the same student"),
        ("adapter_from: taught", "adapter_from: taught, data: {mine: 1}", "not both"),
        ("{taught: 0.8, mine: 0.2}", "{taught: 0.8, mine: 0}", "above 0"),
        ("data: {mine: 1}", "data: {mine: 0.5}", "has the weight 1"),
        ("untouched: {student: base}", "untouched: {student: base, pairing: shuffled}", "name its data"),
        ("untouched: {student: base}", "untouched: {student: base, data: {mine: 1}, equal_tokens: moved}", "must be trained"),
        ("arm:instructed", "arm:mixed", "must not be an arm itself"),
        ("arm:instructed", "arm:nobody", "there is no 'nobody'"),
        ("path: x.jsonl}", "path: x.jsonl}, magpie: {model: dummy}", "two data sets"),
        ("adapter_from: taught}", "scale: 0.5}", "name that arm as adapter_from"),
        ("data: {taught: 1}, train: {seeds: [4, 5]}", "data: {taught: 1}, scale: 0.5", "name that arm as adapter_from"),
        ("seeds: [4, 5]}}", "seeds: [4, 5], method: dora}}\n  half: {student: base, adapter_from: taught, scale: 0.5}", "method lora"),
        ("untouched: {student: base}", "untouched: {student: base, adapter_from: taught}", "or set scale"),
        ("data: {mine: 1}}", "data: {mine: 1}, temperature: fitted}", "not trained"),
        ("untouched: {student: base}", "untouched: {student: base, temperature: .inf}", "temperature"),
        ("untouched: {student: base}", "untouched: {student: base, temperature: 0}", "greater than or equal to 0.01"),
        ("{model: dummy}", "{model: original, like: mine}", "made of no documents"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(tmp_path: Path, old: str, new: str, message: str):
    assert old in GOOD
    with pytest.raises(UserError, match=message):
        _load(tmp_path, GOOD.replace(old, new, 1))


def test_an_arm_may_be_another_at_half_its_strength(tmp_path: Path):
    recipe = _load(tmp_path, GOOD + "  half: {student: base, adapter_from: taught, scale: 0.5}\n")
    assert recipe.arms["half"].train.seeds == [4, 5]
    assert recipe.data_of("half") == ["taught"]
    assert role("half", recipe) == "scaled"


def test_untrained_arms_have_roles_of_their_own(tmp_path: Path):
    more = "  sharp: {student: base, temperature: fitted}\n  shown: {student: base, train: {template: urial}}\n"
    recipe = _load(tmp_path, GOOD + more)
    assert [role(name, recipe) for name in ("untouched", "sharp", "shown")] == ["untouched", "sharpened", "prompted"]


@pytest.mark.parametrize("evaluate", ["primary: margin, others: 0", "minimal_pairs: 0"])
def test_a_primary_figure_that_is_not_measured(tmp_path: Path, evaluate: str):
    with pytest.raises(UserError, match="is not measured"):
        _load(tmp_path, GOOD + f"evaluate: {{{evaluate}}}\n")
