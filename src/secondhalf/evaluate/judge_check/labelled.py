"""Answers that are known to be better and worse, to hold a judge to: our own small set, or a file of people's labels.

A row: prompt, better, worse (the answers that people preferred and did not), and perhaps an id and a language. Our own
has a right and an unmistakably wrong answer to simple questions in English and Japanese: a judge must tell those apart.
"""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.rows import digest
from secondhalf.text import json_lines

LABELLED_VERSION = 1  # raised by hand when our own set changes


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """A prompt with two answers, of which people preferred the first."""

    id: str
    text: str
    better: str
    worse: str


def load_labelled(path: Path | None = None) -> list[LabelledPair]:
    """The rows of a file, or of our own set. Raises UserError naming line and field."""
    if path is None:
        lines = files(__package__).joinpath("labelled.jsonl").read_text("utf-8").split("\n")
        rows = list(json_lines.parse(lines, "labelled.jsonl"))
    else:
        rows = json_lines.read(path, "evaluate.judging.labelled")
    sources: dict[str, str] = {}
    items = []
    for source, row in rows:
        text, better, worse = (json_lines.text(row, field, source) for field in ("prompt", "better", "worse"))
        if better == worse:
            raise UserError(f"{source}: better and worse are the same answer; leave such a row out.")
        id = json_lines.key(row, "id", source) if "id" in row else digest(text, better, worse, size=16)
        json_lines.check_unique(sources, id, "id", source)
        items.append(LabelledPair(id, text, better, worse))
    return items
