"""The training log: a row for each optimizer step, from which curves are drawn and training decides when to stop."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from secondhalf.store import Stage
from secondhalf.store.checksums import DamagedError


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


def read_log(stage: Stage) -> list[LogRow]:
    """The log of a stage of training. Raises UserError when it is missing or damaged."""
    path = stage.path / "log.jsonl"
    try:
        return [json.loads(line) for line in stage.checked(path).decode("utf-8").splitlines()]
    except ValueError as error:  # a stage of before there were checksums
        raise DamagedError(path, str(error).splitlines()[0]) from error
