"""A model's output layer as training and likelihoods need it: a few rows of logits at a time, and their gradients.

Logits are hidden states times the weight, plus a bias (Phi), times a scale (Cohere, Granite), softly capped (Gemma 2):
each is the model's own, looked up in its config. What a model does beyond that is seen on four tokens, and refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from secondhalf.errors import UserError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

_NEAR = 0.05  # of the largest logit: bf16 rounds that much


@dataclass(frozen=True)
class OutputLayer:
    """`weight` [vocabulary, width]; `bias` [vocabulary] or None; `cap` 0 for none."""

    weight: torch.Tensor
    bias: torch.Tensor | None
    scale: float
    cap: float

    @classmethod
    def of(cls, model: PreTrainedModel) -> OutputLayer:
        """That of a transformers model (not of a PEFT one)."""
        layer, config = model.get_output_embeddings(), model.config
        scale = float(getattr(config, "logit_scale", None) or 1) / float(getattr(config, "logits_scaling", None) or 1)
        cap = float(getattr(config, "final_logit_softcapping", None) or 0)
        return cls(layer.weight, getattr(layer, "bias", None), scale, cap)

    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """Float32 logits [rows, vocabulary] of hidden states [rows, width]."""
        logits = (states @ self.weight.T).float()
        if self.bias is not None:
            logits += self.bias.float()
        if self.scale != 1:
            logits *= self.scale
        return logits.div_(self.cap).tanh_().mul_(self.cap) if self.cap else logits

    def slope(self, logits: torch.Tensor) -> torch.Tensor | float:
        """What a gradient of the logits is multiplied with to be one of states times weight: [rows, vocabulary] or a number."""
        return self.scale * (1 - (logits / self.cap).square_()) if self.cap else self.scale


def check_output_layer(model: PreTrainedModel) -> None:
    """Raises UserError for a model whose logits are more than this file knows."""
    import torch

    ids = torch.arange(1, 5, device=model.device)[None]
    with torch.inference_mode():
        whole = model(input_ids=ids, use_cache=False).logits.float()
        states = model.get_decoder()(input_ids=ids, use_cache=False).last_hidden_state
        ours = OutputLayer.of(model).logits(states)
    if whole.shape != ours.shape or float((whole - ours).abs().max()) > _NEAR * float(whole.abs().max()):
        raise UserError(
            f"Students of the type {model.config.model_type} are not supported yet, because their logits are more than hidden "
            "states times the output layer, scaled or capped: choose another student."
        )
