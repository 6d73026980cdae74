"""What an endpoint flagged, as items: read from the run's serve/serve.sqlite, which `secondhalf serve` writes and only it."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from secondhalf.audit.reviews import judged_hash
from secondhalf.errors import UserError
from secondhalf.review.items import CheckNote, ReviewItem

_ANSWERS = "SELECT request, arm, kind, question, answer FROM answers WHERE request IN (SELECT request FROM flags)"
_FLAGS = "SELECT request, check_name, action, reason FROM flags ORDER BY number"


class FlaggedItems:
    """The flagged requests, those with most flags first."""

    def __init__(self, path: Path) -> None:
        """Raises UserError for a file that is no such database."""
        try:
            with _opened(path) as database:
                flags, answers = database.execute(_FLAGS).fetchall(), database.execute(_ANSWERS).fetchall()
        except sqlite3.Error as error:
            raise UserError(f"{path} cannot be read ({error}): is it the endpoint's?") from error
        notes: dict[str, list[CheckNote]] = {}
        for request, check, action, reason in flags:
            notes.setdefault(request, []).append(CheckNote(check, reason, passed=action == "flag"))
        self._items = {
            f"flagged:{request}": _item(request, arm, kind, question, answer, tuple(notes.get(request, ())))
            for request, arm, kind, question, answer in answers
        }

    def item(self, name: str) -> ReviewItem | None:
        """The request of that name; None for another's."""
        return self._items.get(name)

    def orders(self) -> Mapping[str, Sequence[str]]:
        """The queue flagged."""
        return {"flagged": sorted(self._items, key=lambda name: (-len(self._items[name].notes), name))}


def flags_state(path: Path) -> tuple[int, int]:
    """The number of the newest flag, and how many there are: they change when one comes, and when one is forgotten."""
    if not path.is_file():
        return 0, 0
    try:
        with _opened(path) as database:
            last, count = database.execute("SELECT max(number), count(*) FROM flags").fetchone()
    except sqlite3.Error:
        return 0, 0
    return int(last or 0), int(count)


def _opened(path: Path) -> "closing[sqlite3.Connection]":
    return closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True, timeout=5))


def _item(request: str, arm: str, kind: str, question: str, answer: str, notes: tuple[CheckNote, ...]) -> ReviewItem:
    prompt = _as_text(question, kind)
    return ReviewItem(
        f"flagged:{request}", "flagged", arm, request, "", prompt, (answer,), judged_hash(prompt, answer), notes=notes
    )


def _as_text(question: str, kind: str) -> str:
    """The one text of a completion, or the turns of a chat; the last alone where there is one."""
    try:
        turns = json.loads(question)
    except ValueError:
        return question
    if isinstance(turns, str):
        return turns
    texts = [str(turn) for turn in turns] if isinstance(turns, list) else [str(turns)]
    if kind != "chat" or len(texts) == 1:
        return "\n".join(texts)
    return "\n\n".join(f"{'>' if place % 2 == 0 else '<'} {text}" for place, text in enumerate(texts))
