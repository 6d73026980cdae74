"""A training that does not fit is an error before it starts, with the setting that would."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from secondhalf.errors import UserError  # noqa: E402
from secondhalf.train.resources.device import Device  # noqa: E402
from secondhalf.train.resources.memory import check_memory  # noqa: E402
from secondhalf.train.settings import TrainSettings  # noqa: E402


def _device(memory: float, gpu: bool = False) -> Device:
    return Device("test", memory, 1e12, gpu)


def test_what_fits_passes(student: Path) -> None:
    estimate = check_memory(student, TrainSettings(), 100, _device(8e9))
    assert estimate is not None
    assert estimate.memory < 8e9


def test_the_message_names_a_setting_that_fits(student: Path) -> None:
    settings = TrainSettings(method="full", tokens_per_batch=100_000)
    full = check_memory(student, settings, 100, _device(1e15))
    small = check_memory(student, settings.model_copy(update={"tokens_per_batch": 256}), 100, _device(1e15))
    assert full is not None
    assert small is not None
    with pytest.raises(UserError, match=r"needs about .* GB .* free: set train\.tokens_per_batch to 256"):
        check_memory(student, settings, 100, _device((full.checkpointed_memory + small.checkpointed_memory) / 2))
    with pytest.raises(UserError, match="smaller student"):
        check_memory(student, settings, 100, _device(1e6))
