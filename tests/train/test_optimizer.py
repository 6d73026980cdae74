"""AdamW over float32 master weights, beside torch's own over a float32 model."""

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from secondhalf.train.distributed import ProcessGroup  # noqa: E402
from secondhalf.train.optimizer import MasterWeightAdamW  # noqa: E402
from secondhalf.train.settings import TrainSettings  # noqa: E402

SETTINGS = TrainSettings(learning_rate=1e-3, clip=1.0)


def _model(dtype: Any = torch.bfloat16) -> Any:
    torch.manual_seed(3)
    return torch.nn.Linear(8, 4).to(torch.bfloat16).to(dtype)


def _train(model: Any, optimizer: MasterWeightAdamW, steps: range) -> None:
    for step in steps:
        torch.manual_seed(step)
        model(torch.randn(16, 8, dtype=model.weight.dtype)).square().sum().backward()
        optimizer.step(1e-3)


def test_of_a_float32_model_it_is_torchs_own() -> None:
    ours, theirs = _model(torch.float32), _model(torch.float32)
    _train(ours, MasterWeightAdamW(ours, SETTINGS, ProcessGroup()), range(5))
    adamw = torch.optim.AdamW(theirs.parameters(), lr=1e-3, weight_decay=0.0)
    for step in range(5):
        torch.manual_seed(step)
        adamw.zero_grad()
        theirs(torch.randn(16, 8)).square().sum().backward()
        torch.nn.utils.clip_grad_norm_(theirs.parameters(), 1.0)
        adamw.step()
    assert torch.equal(ours.weight, theirs.weight)
    assert torch.equal(ours.bias, theirs.bias)


def test_updates_too_small_for_bf16_add_up() -> None:
    model = torch.nn.Linear(1, 1, bias=False, dtype=torch.bfloat16)
    with torch.no_grad():
        model.weight.fill_(1.0)
    optimizer = MasterWeightAdamW(model, SETTINGS, ProcessGroup())
    for step in range(20):  # each by 1e-4: bf16 has 3.9e-3 between its numbers below 1
        model(torch.ones(1, 1, dtype=torch.bfloat16)).sum().backward()
        optimizer.step(1e-4)
        assert step > 0 or model.weight.item() == 1.0
    assert model.weight.item() == pytest.approx(0.998, abs=2e-3)
    assert model.weight.item() != 1.0


def test_a_state_dict_goes_on_to_the_same_bits() -> None:
    whole, stopped, resumed = _model(), _model(), _model()
    _train(whole, MasterWeightAdamW(whole, SETTINGS, ProcessGroup()), range(6))
    before = MasterWeightAdamW(stopped, SETTINGS, ProcessGroup())
    _train(stopped, before, range(3))
    after = MasterWeightAdamW(resumed, SETTINGS, ProcessGroup())
    after.load_state_dict(before.state_dict(), 3)
    _train(resumed, after, range(3, 6))
    assert torch.equal(resumed.weight, whole.weight)
    assert torch.equal(resumed.bias, whole.bias)


def test_frozen_weights_stay() -> None:
    model = _model()
    model.bias.requires_grad_(False)
    bias = model.bias.clone()
    optimizer = MasterWeightAdamW(model, SETTINGS, ProcessGroup())
    _train(model, optimizer, range(2))
    assert torch.equal(model.bias, bias)
    assert optimizer.weights.keys() == {"weight"}
