"""Turn tokens that a base model never learned: recognised, trained as rows, saved with the adapter, used and left again."""

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from secondhalf.models.chat.template import Template  # noqa: E402
from secondhalf.models.generation.student import StudentModel  # noqa: E402
from secondhalf.models.weights.load import load_student  # noqa: E402
from secondhalf.models.weights.packing import backward, hidden_states, trained_rows  # noqa: E402
from secondhalf.train.method import make_trainable  # noqa: E402
from secondhalf.train.settings import TrainSettings  # noqa: E402
from secondhalf.train.trainer import train_model  # noqa: E402
from secondhalf.train.turn_tokens import template_control_tokens, untrained_tokens  # noqa: E402

EXAMPLES = [([2, 3, 10, 4, 20, 21, 4], [-100, -100, -100, -100, 20, 21, 4]), ([2, 3, 30, 31, 4], [-100] * 3 + [31, 4])]


def untie(model: Any) -> Any:
    """The same model with an output layer of its own."""
    from torch import nn

    head = nn.Linear(model.config.hidden_size, model.config.vocab_size, bias=False, dtype=torch.bfloat16)
    head.weight.data.copy_(model.get_input_embeddings().weight.data)
    model.config.tie_word_embeddings = False
    model.set_output_embeddings(head)
    return model


def test_a_templates_turn_tokens_are_its_control_tokens_and_its_end(student: Path) -> None:
    tokenizer, _ = load_student(student)
    names = [
        tokenizer.convert_ids_to_tokens(token) for token in template_control_tokens(tokenizer, Template.named("gemma"))
    ]
    assert sorted(names) == ["<bos>", "<end_of_turn>", "<start_of_turn>"]
    plain = [
        tokenizer.convert_ids_to_tokens(token) for token in template_control_tokens(tokenizer, Template.named("plain"))
    ]
    assert plain == ["<eos>", "<bos>"]


@pytest.mark.parametrize("tied", [True, False])
def test_rows_that_point_where_a_hundred_others_point_are_untrained(student: Path, tied: bool) -> None:
    tokenizer, model = load_student(student)
    model = model if tied else untie(model)
    tokens = template_control_tokens(tokenizer, Template.named("gemma"))
    assert untrained_tokens(model, tokens) == []
    weight = model.get_output_embeddings().weight.data
    start, end = (tokenizer.convert_tokens_to_ids(word) for word in ("<start_of_turn>", "<end_of_turn>"))
    weight[200:350] = weight[200] + 0.01 * torch.randn(150, weight.shape[1]).to(weight.dtype)
    weight[end] = weight[200]
    assert untrained_tokens(model, tokens) == [end]
    weight[start] = 0
    assert untrained_tokens(model, tokens) == [start, end]


def test_rows_are_compared_where_the_weights_are(student: Path) -> None:
    """Another default device stands for a GPU that holds the model."""
    tokenizer, model = load_student(student)
    tokens = template_control_tokens(tokenizer, Template.named("gemma"))
    model.get_output_embeddings().weight.data[tokens[0]] = 0
    with torch.device("meta"):
        assert untrained_tokens(model, tokens) == [tokens[0]]


@pytest.mark.parametrize("tied", [True, False])
def test_gradients_of_the_rows_are_those_of_the_naive_loss(student: Path, tied: bool) -> None:
    def gradients(naive: bool) -> dict[str, Any]:
        _, base = load_student(student)
        base = (base if tied else untie(base)).float()
        model = make_trainable(base, TrainSettings(rank=4), 1, [3, 4])
        if naive:
            for ids, labels in EXAMPLES:
                logits = model(input_ids=torch.tensor([ids])).logits[0, :-1]
                targets = torch.tensor(labels[1:])
                (torch.nn.functional.cross_entropy(logits, targets, reduction="sum") / 5).backward()
        else:
            states, labels, _ = hidden_states(model, EXAMPLES)
            backward(model, states, labels, 1 / 5)
        return {name: weight.grad for name, weight in model.named_parameters() if "trainable_tokens" in name}

    ours, theirs = gradients(False), gradients(True)
    assert len(ours) == (1 if tied else 2)
    for name, grad in ours.items():
        assert grad.abs().max() > 0
        torch.testing.assert_close(grad, theirs[name], rtol=1e-3, atol=1e-5)


def test_trained_rows_are_saved_used_and_left_again(student: Path, tmp_path: Path) -> None:
    local = StudentModel(student)
    prompts, pairs = [[2, 3, 10, 4]], [([2, 3, 10, 4], [20, 21, 4])]
    before = (local.loglikelihood(pairs), generate(local, prompts))
    _, base = load_student(student)
    model = make_trainable(base, TrainSettings(rank=4), 1, [3, 4])
    start = trained_rows(model)[1].detach().clone()
    settings = TrainSettings(rank=4, epochs=8, learning_rate=0.05, tokens_per_step=16)
    log = train_model(model, EXAMPLES, [], settings, 1, tmp_path / "checkpoints", "turns")
    assert log[-1]["loss"] < log[0]["loss"]
    assert not torch.equal(trained_rows(model)[1], start)
    model.save_pretrained(tmp_path / "adapter")
    model.eval()
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([[2, 3, 10, 4, 20, 21, 4]])).logits[0, 3:6].float().log_softmax(-1)
    expected = float(sum(logits[position, token] for position, token in enumerate([20, 21, 4])))
    local.use(tmp_path / "adapter")
    [(total, _)] = local.loglikelihood(pairs)
    assert total == pytest.approx(expected, rel=0.02, abs=0.2)
    assert total > before[0][0][0]
    local.use(None)
    assert (local.loglikelihood(pairs), generate(local, prompts)) == before


def generate(local: StudentModel, prompts: list[list[int]]) -> list[tuple[str, str, int]]:
    return local.generate(prompts, max_tokens=8, temperature=0.0, seed=1, stop_ids=[1])
