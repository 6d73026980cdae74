"""Control tokens that a template uses and the base model never learned.

A row that no text ever used keeps its start, moved only by the softmax pushing all unused rows the same way: they end up
nearly parallel (the indicator of arXiv 2405.05417, where unused rows serve as the reference). So a token counts as untrained
when a hundred other rows point, the mean row taken off, almost where its row points, or when its row is as good as zero.
Gemma-3-270m base: 6,507 rows are within a cosine of 0.8 of <end_of_turn>, none of <eos>. SmolLM2-135M-Instruct:
41 of <|im_end|>, which it does use. A base with fewer than a hundred unused rows can escape the rule.
"""

from collections.abc import Sequence
from typing import Any

from secondhalf.models.chat.plain_text import control_ids, frame_ids
from secondhalf.models.chat.template import Template

_COSINE, _OTHERS = 0.8, 100
_ROWS = 8192  # compared at a time


def template_control_tokens(tokenizer: Any, template: Template) -> list[int]:
    """The control tokens in a template's frame, its end among them; ascending."""
    frame = template.frame(tokenizer)
    ids = [*frame_ids(tokenizer, frame.before), *frame_ids(tokenizer, frame.between), *template.end_ids(tokenizer)]
    return sorted(set(ids) & control_ids(tokenizer))


def untrained_tokens(model: Any, tokens: list[int]) -> list[int]:
    """Those of the tokens whose row of the input embedding or of the output layer was never trained."""
    rows = [model.get_input_embeddings().weight]
    if model.get_output_embeddings().weight is not rows[0]:
        rows.append(model.get_output_embeddings().weight)
    return sorted({token for weight in rows for token in _unused(weight, tokens)})


def _unused(weight: Any, tokens: list[int]) -> list[int]:
    import torch

    with torch.no_grad():
        mean = weight.mean(0, dtype=torch.float32)
        mine = weight[tokens].float()
        lengths = mine.norm(dim=1)
        usual = weight[:_ROWS].float().norm(dim=1).median()
        mine = torch.nn.functional.normalize(mine - mean)
        near = torch.zeros(len(tokens))
        for start in range(0, len(weight), _ROWS):
            others = torch.nn.functional.normalize(weight[start : start + _ROWS].float() - mean)
            near += (mine @ others.T > _COSINE).sum(1)
        # A row is near itself.
        unused = (near > _OTHERS) | (lengths < 0.01 * usual)
    return [token for token, found in zip(tokens, unused.tolist(), strict=True) if found]


def trainable_token_indices(model: Any, tokens: Sequence[int]) -> dict[str, list[int]] | None:
    """What PEFT is told (`trainable_token_indices`): rows of the input embedding, and of an output layer of its own."""
    if not tokens:
        return None
    layers = [model.get_input_embeddings()]
    if model.get_output_embeddings().weight is not layers[0].weight:
        layers.append(model.get_output_embeddings())
    return {name: list(tokens) for name, module in model.named_modules() if any(module is layer for layer in layers)}
