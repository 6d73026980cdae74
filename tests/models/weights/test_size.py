"""Sizes of students that are not loaded: the shapes must add up to the published numbers of weights."""

from pathlib import Path

import pytest

from secondhalf.models.chat.template import PRESETS
from secondhalf.models.weights.size import known_students, size_of

PUBLISHED = {
    "meta-llama/Llama-2-7b-hf": 6_738_415_616,
    "meta-llama/Llama-2-7b-chat-hf": 6_738_415_616,
    "mistralai/Mistral-7B-v0.1": 7_241_732_096,
    "mistralai/Mistral-7B-Instruct-v0.1": 7_241_732_096,
    "mistralai/Mistral-7B-Instruct-v0.2": 7_241_732_096,
    "meta-llama/Meta-Llama-3-8B": 8_030_261_248,
    "meta-llama/Meta-Llama-3-8B-Instruct": 8_030_261_248,
    "meta-llama/Meta-Llama-3-70B": 70_553_706_496,
    "meta-llama/Meta-Llama-3-70B-Instruct": 70_553_706_496,
    "HuggingFaceTB/SmolLM2-135M": 134_515_008,
    "HuggingFaceTB/SmolLM2-360M": 361_821_120,
    "google/gemma-3-270m": 268_098_176,
    "Qwen/Qwen3-0.6B-Base": 596_049_920,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_known_students_shape_adds_up(name: str) -> None:
    size = size_of(f"hf:{name}@main")
    assert size is not None
    # The norms are left out: a few thousandths.
    assert size.parameters == pytest.approx(PUBLISHED[name], rel=0.001)
    assert size.parameters < PUBLISHED[name]


def test_the_list_has_the_papers_nine_and_their_templates() -> None:
    assert set(known_students()) == set(PUBLISHED)
    paper = {name: facts["template"] for name, facts in known_students().items() if facts["paper"]}
    assert len(paper) == 9
    assert {facts["template"] for facts in known_students().values()} <= set(PRESETS)
    assert paper["meta-llama/Llama-2-7b-hf"] == "one_shot"
    assert paper["mistralai/Mistral-7B-v0.1"] == "zephyr"


def test_lora_on_llama_2_is_forty_million_weights() -> None:
    # PEFT counts 39,976,960 for rank 16 on all linear layers of Llama-2-7B.
    size = size_of("hf:meta-llama/Llama-2-7b-hf@main")
    assert size is not None
    assert size.lora(16) == 39_976_960


def test_a_folder_is_read_and_matches_the_model(student: Path) -> None:
    from secondhalf.models.weights.load import load_student
    from secondhalf.train.method import make_trainable
    from secondhalf.train.settings import TrainSettings

    size = size_of(str(student))
    assert size is not None
    _, model = load_student(student)
    weights = sum(weight.numel() for weight in model.parameters())
    assert size.parameters == pytest.approx(weights, rel=0.05)
    tuned = make_trainable(model, TrainSettings(rank=4), 1, [])
    assert size.lora(4) == sum(weight.numel() for weight in tuned.parameters() if weight.requires_grad)


def test_an_unknown_student_has_no_size() -> None:
    assert size_of("hf:somebody/something@main") is None
    assert size_of("/no/such/folder") is None
