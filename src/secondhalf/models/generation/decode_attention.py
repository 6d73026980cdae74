"""Attention of one new token a row, on a CPU: two plain matrix products.

torch's fused kernel is made for many queries; with one it is three times slower than the products themselves. Scores are
rounded as in transformers' "eager" attention; everything else goes to its "sdpa".
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_NAME = "secondhalf_one_token"


def _attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    """query [rows, heads, 1, width], key and value [rows, shared heads, tokens, width], mask [rows, 1, 1, tokens]."""
    rows, heads, queries, width = query.shape
    plain = queries == 1 and attention_mask is not None and attention_mask.shape[1] == 1
    plain = plain and attention_mask.dtype == torch.bool and not options.get("dropout")
    if not plain or any(options.get(name) is not None for name in ("position_bias", "softcap", "s_aux")):
        out, _ = sdpa_attention_forward(module, query, key, value, attention_mask, **options)
        return out, None
    _, shared, tokens, _ = key.shape
    scale = options.get("scaling") or width**-0.5
    scores = torch.bmm(query.reshape(rows * shared, -1, width), key.reshape(-1, tokens, width).transpose(1, 2))
    scores = scores.view(rows, heads, tokens).float().mul_(scale).masked_fill_(~attention_mask[:, :, 0], -torch.inf)
    weights = scores.softmax(-1).to(value.dtype).view(rows * shared, -1, tokens)
    out = torch.bmm(weights, value.reshape(rows * shared, tokens, -1))
    return out.view(rows, 1, heads, -1), None


AttentionInterface.register(_NAME, _attend)
AttentionMaskInterface.register(_NAME, sdpa_mask)


@contextmanager
def one_token_attention(model: PreTrainedModel) -> Iterator[None]:
    """Within it a model on a CPU that uses "sdpa" attends as above where it can."""
    if model.device.type != "cpu" or model.config._attn_implementation != "sdpa":
        yield
        return
    model.set_attn_implementation(_NAME)
    try:
        yield
    finally:
        model.set_attn_implementation("sdpa")
