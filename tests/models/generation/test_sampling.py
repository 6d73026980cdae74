"""What one draw is, whatever temperature a stranger asks for."""

from random import Random

import pytest

torch = pytest.importorskip("torch")

from secondhalf.models.generation.sampling import Sampler  # noqa: E402
from secondhalf.models.request import Sampling  # noqa: E402


@pytest.mark.parametrize("temperature", [0.0, 5e-324, 1e-45, 1e-38, 1e-37, 1e-30, 1e-6])
@pytest.mark.parametrize("top_p", [1.0, 0.5, 5e-324])
def test_next_to_nothing_of_a_temperature_draws_the_likeliest_token(temperature: float, top_p: float):
    """Logits divided by it were infinite, and the last token of the vocabulary was drawn."""
    logits = torch.tensor([[1.0, -20.0, 30.0, 29.0, -3.0]]).repeat(2, 1)
    cold, warm = (
        Sampling(max_tokens=1, temperature=temperature, top_p=top_p),
        Sampling(max_tokens=1, temperature=2.0, top_p=1.0),
    )
    for seed in range(5):
        drawn = Sampler([Random(seed), Random(seed)], [cold, warm])(logits).tolist()
        assert drawn[0] == 2
        assert drawn[1] in {2, 3}
