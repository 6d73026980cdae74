"""The best sharpness of a student: found where it is known, and what a temperature does to likelihoods and answers."""

import math
from pathlib import Path

import pytest

from secondhalf.evaluate.temperature import _minimum, fit_temperature
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel


@pytest.mark.parametrize("bottom", [0.6, 1.0, 2.2])
def test_the_bottom_of_a_curve_is_found(bottom: float) -> None:
    assert _minimum(lambda x: (x - bottom) ** 2, 0.5, 2.5) == pytest.approx(bottom, abs=0.02)


def test_a_student_is_likeliest_at_its_temperature_and_left_as_it_was(student: Path) -> None:
    model, template = StudentModel(student), Template.named("plain")
    fitted = fit_temperature(model, template, ["en", "ja"], "test")
    assert 0.4 <= fitted <= 2
    assert model.temperature == 1
    # Logits twice as large want twice the temperature, as far as the range goes.
    model.temperature = 1.0
    pair = [(model.tokenizer("The river").input_ids, model.tokenizer(" runs", add_special_tokens=False).input_ids)]
    likelihoods = []
    for temperature in (1.0, 2.0, 1e6):
        model.temperature = temperature
        likelihoods.append(model.loglikelihood(pair)[0])
    assert likelihoods[0] != likelihoods[1]
    # Where nothing is left of the logits, every token of the vocabulary is as likely as any other.
    total, tokens = likelihoods[2]
    assert total / tokens == pytest.approx(-math.log(len(model.tokenizer)), abs=0.01)


def test_greedy_answers_stay_and_sampled_ones_change(student: Path) -> None:
    model = StudentModel(student)
    prompts = [model.tokenizer(text).input_ids for text in ("The river runs", "In the morning", "the mill")]

    def answers(temperature: float, sampling: float) -> list[str]:
        model.temperature = temperature
        options = {"max_tokens": 12, "temperature": sampling, "seed": 3, "stop_ids": [1]}
        return [text for text, _, _ in model.generate(prompts, **options)]  # type: ignore[arg-type]

    assert answers(1.0, 0.0) == answers(0.3, 0.0)
    assert answers(1.0, 0.7) == answers(0.7, 1.0)
    assert answers(1.0, 1.0) != answers(0.2, 1.0)
