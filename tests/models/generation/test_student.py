from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from secondhalf.models.generation.student import StudentModel  # noqa: E402
from secondhalf.models.weights.load import load_student  # noqa: E402
from support.tiny_student import build  # noqa: E402

PROMPTS = [[2, 40, 41], [2, 50], [2, *range(60, 80)], [2, 90, 91, 92, 93]]


@pytest.fixture(scope="module")
def local(student: Path) -> StudentModel:
    return StudentModel(student)


@pytest.fixture(scope="module")
def adapter(student: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random adapter, strong enough to change answers."""
    from peft import LoraConfig, get_peft_model

    _, base = load_student(student)
    torch.manual_seed(3)
    model: Any = get_peft_model(base, LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False))
    folder = tmp_path_factory.mktemp("adapter")
    model.save_pretrained(folder)
    return folder


def greedy(model: Any, prompt: list[int], stops: list[int], length: int) -> list[int]:
    """The likeliest token again and again, without cache, batch or padding."""
    ids = list(prompt)
    while len(ids) < len(prompt) + length:
        with torch.no_grad():
            token = int(model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1].argmax())
        if token in stops:
            break
        ids.append(token)
    return ids[len(prompt) :]


def generate(
    local: StudentModel, temperature: float = 0.0, seed: int = 1, stops: list[int] | None = None
) -> list[tuple[str, str, int]]:
    return local.generate(PROMPTS, max_tokens=12, temperature=temperature, seed=seed, stop_ids=[1])


def test_likelihood_equals_a_naive_computation(local: StudentModel) -> None:
    pairs = [(prompt, list(range(20, 20 + 3 * n))) for n, prompt in enumerate(PROMPTS, 1)]
    for (before, after), (total, tokens) in zip(pairs, local.loglikelihood(pairs), strict=True):
        with torch.no_grad():
            actual = local._model(input_ids=torch.tensor([before + after]), use_cache=False).logits[0]
        naive = actual.float().log_softmax(-1)
        expected = sum(float(naive[len(before) - 1 + n, token]) for n, token in enumerate(after))
        assert tokens == len(after)
        # bf16: a packed row rounds otherwise than a single one.
        assert total == pytest.approx(expected, rel=0.02, abs=0.2)


def test_likelihoods_do_not_depend_on_their_order(local: StudentModel) -> None:
    pairs = [(prompt, [30, 31, 32]) for prompt in PROMPTS]
    assert local.loglikelihood(pairs[::-1])[::-1] == local.loglikelihood(pairs)


def test_greedy_answers_are_the_likeliest_tokens(student: Path) -> None:
    local = StudentModel(student)
    # In float32, so that padding cannot decide between two tokens that are as good as equal.
    local._base.float()
    for prompt, (text, finish, tokens) in zip(PROMPTS, generate(local), strict=True):
        expected = greedy(local._base, prompt, [1], 12)
        assert text == local.tokenizer.decode(expected, skip_special_tokens=True).strip()
        assert tokens == len(expected)
        assert finish == ("length" if len(expected) == 12 else "stop")


def test_an_answer_stops_at_a_stop_token(local: StudentModel) -> None:
    stops = [greedy(local._base, PROMPTS[1], [1], 12)[3]]
    text, finish, tokens = local.generate([PROMPTS[1]], max_tokens=12, temperature=0.0, seed=1, stop_ids=stops)[0]
    assert finish == "stop"
    assert tokens <= 3
    assert local.tokenizer.decode(stops) not in text or tokens == 0


def test_an_answer_stops_at_a_stop_text(local: StudentModel) -> None:
    # The fourth token of the greedy answer, as text: what comes before it is the answer.
    token = greedy(local._base, PROMPTS[1], [1], 12)[3]
    mark = local.tokenizer.decode([token])
    answers = local.generate(PROMPTS, max_tokens=12, temperature=0.0, seed=1, stop_ids=[1], stop_text=mark)
    for (text, finish, tokens), (whole, *_) in zip(answers, generate(local), strict=True):
        assert mark not in text
        assert text == whole.partition(mark)[0].strip()
        assert (finish == "stop") == (mark in whole)
        assert tokens <= 12
    assert answers[1][1] == "stop"


def test_equal_seeds_give_equal_answers(local: StudentModel) -> None:
    assert generate(local) == generate(local, seed=2)
    assert generate(local, 1.0) == generate(local, 1.0)
    assert generate(local, 1.0) != generate(local, 1.0, seed=2)


def test_a_students_own_generation_settings_change_nothing(student: Path, tmp_path: Path) -> None:
    # A hub student may ship a repetition penalty, its own length or its own cut of the tail.
    other = build(tmp_path, repetition_penalty=5.0, top_k=1, max_length=3, no_repeat_ngram_size=1)
    assert generate(StudentModel(other)) == generate(StudentModel(student))
    assert generate(StudentModel(other), 1.0) == generate(StudentModel(student), 1.0)


def test_an_adapter_is_used_and_put_away(student: Path, adapter: Path) -> None:
    local = StudentModel(student)
    pairs = [(prompt, [30, 31, 32]) for prompt in PROMPTS]
    plain, untouched = generate(local), local.loglikelihood(pairs)
    local.use(adapter)
    taught = local.loglikelihood(pairs)
    assert taught != untouched
    local.use(adapter)
    assert local.loglikelihood(pairs) == taught
    local.use(None)
    assert local.loglikelihood(pairs) == untouched
    assert generate(local) == plain
