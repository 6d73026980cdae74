"""Control tokens that a template uses and the base model never learned.

A row that no text ever used keeps its start, moved only by the softmax pushing all unused rows the same way: they end up
nearly parallel (the indicator of arXiv 2405.05417, where unused rows serve as the reference). So a token counts as untrained
when a hundred other rows point, the mean row taken off, almost where its row points, or when its row is as good as zero.
Gemma-3-270m base: 6,507 rows are within a cosine of 0.8 of <end_of_turn>, none of <eos>. SmolLM2-135M-Instruct:
41 of <|im_end|>, which it does use. A base with fewer than a hundred unused rows can escape the rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from secondhalf.models.chat.plain_text import control_ids, frame_ids
from secondhalf.models.chat.template import Template

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_COSINE, _OTHER_ROWS = 0.8, 100
_CHUNK = 8192  # rows compared at a time


def template_control_tokens(tokenizer: PreTrainedTokenizerBase, template: Template) -> list[int]:
    """The control tokens in a template's frame, its end among them; ascending."""
    frame = template.frame(tokenizer)
    ids = [*frame_ids(tokenizer, frame.before), *frame_ids(tokenizer, frame.between), *template.end_ids(tokenizer)]
    return sorted(set(ids) & control_ids(tokenizer))


def untrained_tokens(model: PreTrainedModel, tokens: list[int]) -> list[int]:
    """Those of the tokens whose row of the input embedding or of the output layer was never trained; ascending."""
    weights = [model.get_input_embeddings().weight]
    if model.get_output_embeddings().weight is not weights[0]:
        weights.append(model.get_output_embeddings().weight)
    return sorted({token for weight in weights for token in _unused(weight, tokens)})


def _unused(weight: torch.Tensor, tokens: list[int]) -> list[int]:
    import torch

    with torch.no_grad():
        mean = weight.mean(0, dtype=torch.float32)
        rows = weight[tokens].float()
        norms = rows.norm(dim=1)
        usual_norm = weight[:_CHUNK].float().norm(dim=1).median()
        rows = torch.nn.functional.normalize(rows - mean)
        parallel = torch.zeros(len(tokens), device=weight.device)
        for start in range(0, len(weight), _CHUNK):
            others = torch.nn.functional.normalize(weight[start : start + _CHUNK].float() - mean)
            parallel += (rows @ others.T > _COSINE).sum(1)
        # A row is parallel to itself.
        unused = (parallel > _OTHER_ROWS) | (norms < 0.01 * usual_norm)
    return [token for token, is_unused in zip(tokens, unused.tolist(), strict=True) if is_unused]


def trainable_token_indices(model: PreTrainedModel, tokens: Sequence[int]) -> dict[str, list[int]] | None:
    """PEFT's argument of that name: `tokens` for the input embedding, and for an output layer of its own; None for none."""
    if not tokens:
        return None
    layers = [model.get_input_embeddings()]
    if model.get_output_embeddings().weight is not layers[0].weight:
        layers.append(model.get_output_embeddings())
    return {name: list(tokens) for name, module in model.named_modules() if any(module is layer for layer in layers)}
