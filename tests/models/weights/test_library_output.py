"""What the model libraries would say is not shown; errors are."""

import pytest

from secondhalf.models.weights.library_output import quiet_transformers


def test_the_bar_over_a_gguf_files_tensors_is_not_shown(capfd: pytest.CaptureFixture[str]):
    from transformers import modeling_gguf_pytorch_utils

    with quiet_transformers():
        assert list(modeling_gguf_pytorch_utils.tqdm(range(3), desc="Converting")) == [0, 1, 2]
    assert capfd.readouterr() == ("", "")


def test_errors_come_through():
    with pytest.raises(ValueError, match="told"), quiet_transformers():
        raise ValueError("told")
