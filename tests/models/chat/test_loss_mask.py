"""The loss falls on the response alone."""

import pytest
import torch

from secondhalf.models.chat.loss_mask import IGNORED, mask_prompt


def test_the_prompt_is_masked_and_the_response_is_not():
    assert mask_prompt([5, 6, 7, 8], 3) == [IGNORED, IGNORED, IGNORED, 8]
    assert mask_prompt([5, 6], 0) == [5, 6]
    assert mask_prompt([5, 6], 2) == [IGNORED, IGNORED]


def test_torch_leaves_masked_positions_out_of_the_loss():
    logits = torch.tensor([[2.0, 0.0], [0.0, 1.0], [0.5, 0.0]])
    labels = torch.tensor(mask_prompt([0, 0, 1], 2))
    alone = torch.nn.functional.cross_entropy(logits[2:], torch.tensor([1]))
    assert float(torch.nn.functional.cross_entropy(logits, labels)) == pytest.approx(float(alone))
