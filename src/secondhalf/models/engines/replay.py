"""A table of finished replies in a teacher's place: .parquet or .jsonl with `id` or `prompt`, `response`, maybe `finish`.

Replies are joined by the pair's id, or by the prompt exactly as it stands: the half itself, or the whole user turn (as
`secondhalf journal --export` writes it). Nothing is journalled: the file is the journal.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from secondhalf.errors import UserError
from secondhalf.models.request import RefusedError, Reply, Request
from secondhalf.text import json_lines

_FIELDS = ("id", "prompt", "response", "finish", "prompt_tokens", "response_tokens")


class Replay:
    """The replies of one file. `wording` is the recipe's user turn, in which {text} stands for the half."""

    def __init__(self, path: Path, wording: str = "{text}") -> None:
        self._name = path.name
        self._by_id: dict[str, Reply] = {}
        self._by_turn: dict[str, Reply] = {}
        for position, row in _rows(path):
            reply = _reply(row, position)
            if isinstance(row.get("id"), str):
                self._by_id[row["id"]] = reply
            if isinstance(row.get("prompt"), str):
                half = row["prompt"].strip()
                self._by_turn.setdefault(wording.replace("{text}", half).strip(), reply)
                self._by_turn[half] = reply
            elif not isinstance(row.get("id"), str):
                raise UserError(f"{position}: a row needs the text field `id` or `prompt`, to tell whose reply it is.")

    def replies(self, requests: Iterable[Request], label: str) -> Iterator[tuple[str, Reply | RefusedError]]:
        """Yields (request id, reply); a refusal where the file holds none."""
        del label  # it takes no time
        for request in requests:
            reply = self._by_id.get(request.id) or self._by_turn.get(request.messages[-1][1].strip())
            yield request.id, reply or RefusedError(f"{self._name} holds no reply for this pair, by id or by prompt")


def _reply(row: dict[str, Any], position: str) -> Reply:
    text, finish = row.get("response"), row.get("finish") or "stop"
    if not isinstance(text, str) or not isinstance(finish, str):
        raise UserError(f"{position}: `response` must be a text, and `finish` too where it is given.")
    return Reply(text, finish, _count(row.get("prompt_tokens")), _count(row.get("response_tokens")))


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else 0


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row with the words that name its place."""
    try:
        if path.suffix == ".parquet":
            with pq.ParquetFile(path) as file:  # other columns may hold what is no value of Python's
                names = [name for name in file.schema_arrow.names if name in _FIELDS]
                if len(set(names)) < len(names):
                    raise ValueError(f"two columns have the name {max(names, key=names.count)!r}")
                table = file.read(names)
            for index, row in enumerate(table.to_pylist()):
                yield f"{path.name}, row {index}", row
            return
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    row = json_lines.decode(line)
                    if not isinstance(row, dict):
                        raise UserError(f"{path.name}:{number}: a line must be a JSON object.")
                    yield f"{path.name}:{number}", row
    except OSError as error:
        raise UserError(f"replay: {path} cannot be read ({error.strerror}): correct the path.") from error
    except (ValueError, OverflowError, RecursionError, pa.ArrowException) as error:
        raise UserError(
            f"replay: {path} is neither Parquet nor JSON Lines ({str(error)[:200]}): write it anew."
        ) from error
