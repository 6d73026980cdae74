"""The loss mask: which tokens of a prompt and its response are supervised.

The response and its end are, the prompt is not: it stands in for an instruction, and is read, not learned (the paper's setup
follows instruction tuning, where the loss falls on the answer alone). transformers and torch leave out a label of -100.
"""

from collections.abc import Sequence

IGNORED = -100  # the label of a position that is not supervised


def mask_prompt(tokens: Sequence[int], prompt_length: int) -> list[int]:
    """Labels of `tokens`, as many: IGNORED for the first `prompt_length` of them, the ids themselves for the rest."""
    return [IGNORED] * prompt_length + list(tokens[prompt_length:])
