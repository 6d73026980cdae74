"""Entropy and divergence of a student, against whole distributions worked out one by one."""

import math
from pathlib import Path

import pytest
import torch

from secondhalf.errors import UserError
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.weights.load import load_student
from secondhalf.train.method import make_trainable
from secondhalf.train.settings import TrainSettings
from support import small_training


def _whole(model: StudentModel, before: list[int], after: list[int]) -> torch.Tensor:
    """Log-probabilities [tokens of the response, vocabulary]."""
    with torch.inference_mode():
        logits = model.model(input_ids=torch.tensor([before + after]), use_cache=False).logits[0].float()
    return logits[len(before) - 1 : -1].log_softmax(1)


def test_against_whole_distributions(student: Path, tmp_path: Path) -> None:
    small_training.trained(student, tmp_path / "trained", learning_rate=0.02)
    model = StudentModel(student)
    ids = [model.tokenizer(text, add_special_tokens=False).input_ids for text in ("The river", " runs past the mill.")]
    pairs = [(ids[0], ids[1]), (ids[0] * 3, ids[1][:2])]
    before = [_whole(model, *pair) for pair in pairs]
    at_rest = model.divergence(pairs)
    assert [moved for _, moved in at_rest] == pytest.approx([0, 0], abs=1e-6)
    model.use(tmp_path / "trained" / "adapter")
    after = [_whole(model, *pair) for pair in pairs]
    for (entropy, moved), then, now in zip(model.divergence(pairs), before, after, strict=True):
        assert entropy == pytest.approx(float(-(now.exp() * now).sum(1).mean()), abs=0.02)
        assert moved == pytest.approx(float((then.exp() * (then - now)).sum(1).mean()), rel=0.1, abs=0.01)
        assert moved > 0.01


def test_a_temperature_sharpens_or_flattens(student: Path) -> None:
    model = StudentModel(student)
    ids = model.tokenizer("The river runs").input_ids
    entropies = []
    for temperature in (0.5, 1.0, 1e9):
        model.temperature = temperature
        entropies.append(model.divergence([(ids[:2], ids[2:])])[0][0])
    assert entropies == sorted(entropies)
    assert entropies[2] == pytest.approx(math.log(len(model.tokenizer)), abs=1e-3)


def test_trained_rows_of_the_vocabulary_are_left_out_of_the_untouched_student(student: Path, tmp_path: Path) -> None:
    trained = make_trainable(load_student(student)[1], TrainSettings(rank=4), 1, [3, 4])
    torch.manual_seed(0)
    with torch.no_grad():
        for weight in trained.parameters():
            if weight.requires_grad:
                weight.add_(0.3 * torch.randn_like(weight))
    trained.save_pretrained(tmp_path / "adapter")
    model, pair = StudentModel(student), ([2, 3, 20, 30], [40, 4, 50, 3])
    before = _whole(model, *pair)
    model.use(tmp_path / "adapter")
    after = _whole(model, *pair)
    [(_, moved)] = model.divergence([pair])
    assert moved == pytest.approx(float((before.exp() * (before - after)).sum(1).mean()), rel=0.03)
    assert torch.equal(_whole(model, *pair), after)  # and the adapter is on again


def test_a_model_whose_numbers_overflow_is_named_and_nothing_of_it_is_kept(student: Path) -> None:
    model = StudentModel(student)
    ids = model.tokenizer("The river runs past the mill.", add_special_tokens=False).input_ids
    with torch.no_grad():
        model.model.get_output_embeddings().weight.fill_(float("nan"))
    for measured in (model.loglikelihood, model.token_logprobs, model.divergence):
        with pytest.raises(UserError, match="answers mine: the model's likelihoods are no numbers"):
            measured([(ids[:3], ids[3:])], label="answers mine")
