"""The training's log: one JSON object a line, no times, so equal work gives equal bytes."""

import json
from pathlib import Path
from typing import Any


class Log:
    """log.jsonl: {"step", "tokens", "loss", "learning_rate"} for each step, {"step", "tokens", "held_out"} now and then."""

    def __init__(self, path: Path, resumed_step: int) -> None:
        """Keeps the lines up to the step that is resumed from; a line that was cut off ends what is kept."""
        self._path = path
        kept: list[dict[str, Any]] = []
        if resumed_step and path.is_file():
            for line in path.read_text("utf-8").splitlines():
                try:
                    entry = json.loads(line)
                except ValueError:
                    break
                if entry["step"] > resumed_step:
                    break
                kept.append(entry)
        self.entries = kept
        path.write_text("".join(json.dumps(entry) + "\n" for entry in kept), "utf-8")

    def add(self, **figures: float | int) -> None:
        """Appends one line."""
        self.entries.append(figures)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(figures) + "\n")

    def values(self, figure: str) -> list[float]:
        """All values of a figure, in order."""
        return [float(entry[figure]) for entry in self.entries if figure in entry]
