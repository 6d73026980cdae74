"""The training log: a row for each optimizer step, from which curves are drawn and training decides when to stop."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict


class LogRow(TypedDict):
    """One optimizer step of fine-tuning."""

    step: int
    """From 1 on."""
    tokens: int
    """Tokens that went through the model so far, prompts included."""
    loss: float
    """Mean cross-entropy of the step's supervised tokens, in nats, before the update."""
    held_out: float | None
    """The same on held-out pairs, after the update; None where it was not measured."""
    rate: float
    """The learning rate."""


def write_log(path: Path, log: Sequence[Mapping[str, object]]) -> None:
    """Writes the rows as JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in log), "utf-8")
