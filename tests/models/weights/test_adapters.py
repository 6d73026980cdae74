"""Several adapters in one batch: every answer is the one that its adapter gives alone."""

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

from secondhalf.models.generation.batch import SequenceBatch  # noqa: E402
from secondhalf.models.generation.options import AdapterPrompts  # noqa: E402
from secondhalf.models.generation.student import StudentModel  # noqa: E402
from secondhalf.models.weights import adapters, load  # noqa: E402
from secondhalf.models.weights.adapters import is_plain_lora  # noqa: E402
from support.small_models import small_model  # noqa: E402

PROMPTS = [[2, 40, 41], [2, 50], [2, *range(60, 80)], [2, 90, 91, 92, 93], [2, *range(100, 111)]]
HOW: Any = {"max_tokens": 14, "seed": 5, "stop_ids": [1]}


@pytest.fixture
def model(request: pytest.FixtureRequest, student: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A small model of a kind in place of the student, in float64, where another batch is no other answer."""
    kind, tokenizer = getattr(request, "param", "llama"), load.load_student(student)[0]
    for module in ("weights.load", "generation.student"):
        monkeypatch.setattr(
            f"secondhalf.models.{module}.load_student", lambda *_: (tokenizer, small_model(kind, student))
        )
    return kind


def _adapter(folder: Path, seed: int, **settings: Any) -> Path:
    """Random, strong enough to change answers."""
    from peft import LoraConfig, get_peft_model

    base = load.load_student(folder)[1]
    torch.manual_seed(seed)
    config = LoraConfig(r=4, lora_alpha=64, target_modules="all-linear", init_lora_weights=False, **settings)
    get_peft_model(base, config).save_pretrained(folder / str(seed))
    return folder / str(seed)


def _alone(
    model: StudentModel, requests: list[AdapterPrompts], temperature: float = 0.0
) -> list[list[tuple[str, str, int]]]:
    actual = []
    for adapter, prompts in requests:
        model.use(adapter)
        actual.append(model.generate(prompts, temperature=temperature, **HOW))
    return actual


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_each_row_has_its_own(
    temperature: float, student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (_adapter(tmp_path, seed) for seed in (1, 2))
    requests: list[AdapterPrompts] = [(one, PROMPTS), (None, PROMPTS[:3]), (two, PROMPTS), (one, PROMPTS[::-1])]
    answering = StudentModel(student)
    expected = _alone(answering, requests, temperature)
    assert expected[0] != expected[2]
    assert expected[0][:3] != expected[1]
    steps: list[set[str]] = []
    step = SequenceBatch.step
    monkeypatch.setattr(
        SequenceBatch, "step", lambda self: steps.append({row.adapter for row in self.rows}) or step(self)
    )
    assert answering.generate_each(requests, temperature=temperature, **HOW) == expected
    assert max(map(len, steps)) == 3
    # What was on is off again.
    assert answering.adapter is None
    assert answering.generate(PROMPTS[:3], temperature=temperature, **HOW) == expected[1]
    assert _alone(answering, requests[1:2], temperature) == expected[1:2]


@pytest.mark.usefixtures("model")
def test_what_cannot_stand_beside_others_is_asked_alone(student: Path, tmp_path: Path) -> None:
    dora = _adapter(tmp_path, 3, use_dora=True)
    rows = _adapter(tmp_path, 4, trainable_token_indices=[40, 41])
    one, two = (_adapter(tmp_path, seed) for seed in (1, 2))
    assert [is_plain_lora(adapter) for adapter in (None, one, dora, rows)] == [True, True, False, False]
    requests: list[AdapterPrompts] = [(dora, PROMPTS), (one, PROMPTS), (rows, PROMPTS), (None, PROMPTS), (two, PROMPTS)]
    answering = StudentModel(student)
    expected = _alone(answering, requests)
    assert len({str(answers) for answers in expected}) == 5
    assert answering.generate_each(requests, temperature=0.0, **HOW) == expected
    assert answering.generate_each([(dora, PROMPTS)], temperature=0.0, **HOW) == expected[:1]
    assert answering.generate_each([], temperature=0.0, **HOW) == []


@pytest.mark.usefixtures("model")
def test_a_layer_that_gets_no_rows_is_asked_adapter_by_adapter(
    student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests: list[AdapterPrompts] = [
        (_adapter(tmp_path, 1), PROMPTS),
        (None, PROMPTS),
        (_adapter(tmp_path, 2), PROMPTS),
    ]
    answering = StudentModel(student)
    expected = _alone(answering, requests)
    activate_all = adapters.activate_adapters

    def flattened(*args: Any) -> Any:
        """A layer that gets all tokens of all rows in one row, as experts do."""
        model, names = activate_all(*args)
        layer = model.get_base_model().model.layers[1].mlp.down_proj
        forward = layer.forward
        layer.forward = lambda x, *rest: forward(x.flatten(0, 1), *rest).view(*x.shape[:2], -1)
        return model, names

    monkeypatch.setattr("secondhalf.models.generation.student.activate_adapters", flattened)
    assert answering.generate_each(requests, temperature=0.0, **HOW) == expected
    answering.use(requests[0][0])
    assert answering.generate(PROMPTS, temperature=0.0, **HOW) == expected[0]


@pytest.mark.parametrize("model", ["gemma", "mistral", "gpt2", "gpt_neo", "deepseek"], indirect=True)
@pytest.mark.usefixtures("model")
def test_other_kinds_of_models(student: Path, tmp_path: Path) -> None:
    """GPT-Neo is answered by transformers' own `generate`."""
    requests: list[AdapterPrompts] = [
        (_adapter(tmp_path, 1), PROMPTS),
        (None, PROMPTS),
        (_adapter(tmp_path, 2), PROMPTS),
    ]
    answering = StudentModel(student)
    expected = _alone(answering, requests)
    assert len({str(answers) for answers in expected}) == 3
    assert answering.generate_each(requests, temperature=0.0, **HOW) == expected


@pytest.mark.usefixtures("model")
def test_vllm_is_asked_once_for_all(student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from support import vllm_stand_in

    stand_in = vllm_stand_in.install(monkeypatch)
    calls: list[int] = []
    generate = stand_in.generate
    monkeypatch.setattr(
        stand_in,
        "generate",
        lambda self, prompts, *rest, **more: calls.append(len(prompts)) or generate(self, prompts, *rest, **more),
    )
    one, two = (_adapter(tmp_path, seed) for seed in (1, 2))
    requests: list[AdapterPrompts] = [(one, PROMPTS), (None, PROMPTS[:3]), (two, PROMPTS)]
    expected = _alone(StudentModel(student), requests)
    theirs = StudentModel(student, "vllm")
    assert theirs.generate_each(requests, temperature=0.0, **HOW) == expected
    assert calls == [13]
    assert [one.seed for _, one in theirs._vllm._engine.requests] == [5, 6, 7, 8, 9, 5, 6, 7, 5, 6, 7, 8, 9]  # type: ignore[union-attr]
