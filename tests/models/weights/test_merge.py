"""A merged model is the student with its whole adapter: weight by weight, and token by token, where both halves would show."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

from secondhalf.models.generation.student import StudentModel  # noqa: E402
from secondhalf.models.weights.load import load_student  # noqa: E402
from secondhalf.models.weights.merge import merge_adapter, merge_in_memory  # noqa: E402

SCALE = 16  # alpha 64 over rank 4
PAIRS = [([2, 40, 41], [50, 51, 52, 53]), ([2, *range(60, 80)], [90, 91, 92])]


@pytest.fixture(scope="module")
def adapter(student: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random, and so strong that half of it is another model."""
    from peft import LoraConfig, get_peft_model

    folder = tmp_path_factory.mktemp("adapter")
    torch.manual_seed(3)
    config = LoraConfig(r=4, lora_alpha=64, target_modules="all-linear", init_lora_weights=False)
    get_peft_model(load_student(student)[1], config).save_pretrained(folder)
    return folder


def test_every_weight_is_the_students_and_the_product_times_the_scale(student: Path, adapter: Path) -> None:
    from safetensors.torch import load_file

    before = load_student(student)[1].state_dict()
    low = load_file(adapter / "adapter_model.safetensors")
    added = {
        name.removeprefix("base_model.model.").replace("lora_A.", ""): SCALE
        * (low[name.replace("lora_A", "lora_B")].float() @ low[name].float())
        for name in low
        if "lora_A" in name
    }
    merged = merge_in_memory(load_student(student)[1], adapter).state_dict()
    assert merged.keys() == before.keys()
    assert len(added) == 2 * 7, "four projections of attention and three of the MLP in each of two layers"
    for name, weight in merged.items():
        assert weight.dtype == before[name].dtype
        expected = before[name].float() + added.get(name, 0)
        # One rounding to bf16, which keeps eight bits, and not two.
        assert torch.equal(weight, expected.to(weight.dtype)), name


def test_a_merged_folder_answers_as_the_adapter_does_and_not_as_half_of_it(
    student: Path, adapter: Path, tmp_path: Path
) -> None:
    local = StudentModel(student)
    untouched = local.loglikelihood(PAIRS)
    local.use(adapter)
    expected = local.loglikelihood(PAIRS)
    merge_adapter(student, adapter, tmp_path / "merged")
    actual = StudentModel(tmp_path / "merged").loglikelihood(PAIRS)
    for (whole, count), (bare, _), (merged, _) in zip(expected, untouched, actual, strict=True):
        assert abs(whole - bare) / count > 1.0, "the adapter is strong enough to tell"
        assert merged == pytest.approx(whole, abs=0.1 * count)
