"""The temperature at which an untouched student finds good answers likeliest: its best sharpness.

Training on any small teacher's replies makes a student surer of its words, and a likelihood figure rises with that alone.
So such a figure is held against the student at the temperature that does as much for it without learning.
"""

from collections.abc import Callable, Sequence

from secondhalf.evaluate.everyday.prompts import everyday_part, load_everyday
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.rows import digest

TEMPERATURE_VERSION = (1,)
LOWEST, HIGHEST, STEPS = 0.4, 2.0, 10
PROMPTS = 100  # the first by hash: 2,500 tokens or so, and each step of the search reads them all
_GOLDEN = (5**0.5 - 1) / 2


def fit_temperature(model: StudentModel, template: Template, languages: Sequence[str], label: str) -> float:
    """The temperature, 0.4 to 2, with the highest log-likelihood a token over good answers in these languages to
    prompts of the part to choose on.

    By golden-section search: the likelihood of one token has a single top in 1 / temperature, as the log-partition function
    is convex, and so has a sum of them. Ends within one in a hundred.
    """
    prompts = [prompt for prompt in everyday_part(load_everyday(), "choose") if prompt.language in languages]
    prompts.sort(key=lambda prompt: digest("temperature", prompt.id))
    pairs = [
        (
            template.encode_prompt(model.tokenizer, prompt.text),
            template.encode_response(model.tokenizer, prompt.good, ended=False),
        )
        for prompt in prompts[:PROMPTS]
    ]
    before = model.temperature

    def loss(inverse: float) -> float:
        model.temperature = 1 / inverse
        sums = model.loglikelihood(pairs, label=label)
        return -sum(total for total, _ in sums)

    try:
        return 1 / _minimum(loss, 1 / HIGHEST, 1 / LOWEST)
    finally:
        model.temperature = before


def _minimum(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function with a single bottom between `low` and `high` has it, by STEPS golden sections."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(STEPS):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = function(right)
    return (low + high) / 2
