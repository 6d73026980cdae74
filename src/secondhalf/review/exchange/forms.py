"""Writes decisions in a form, and reads them from one."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from secondhalf.errors import UserError
from secondhalf.review.desk import Desk
from secondhalf.review.exchange import argilla, label_studio
from secondhalf.review.exchange.foreign import ForeignDecision, known_name, resolved
from secondhalf.review.exchange.preferences import preferences
from secondhalf.review.items import ACTIONS, is_of_kind
from secondhalf.review.log import ReviewDecision, as_row
from secondhalf.store.files import write_atomically
from secondhalf.store.given_files import check_given
from secondhalf.text import json_lines
from secondhalf.text.visible import escape_invisible

FORMS: Mapping[str, Callable[[Desk], list[Any]]] = {
    "log": lambda desk: [as_row(row) for row in desk.log.rows],
    "preference": preferences,
    "label-studio": label_studio.tasks,
    "argilla": argilla.records,
}
"""What each form writes."""
_AS_LIST = ("label-studio", "argilla")
_IMPORT = "--import"


def export_decisions(desk: Desk, path: Path, form: str) -> int:
    """Writes a file in a form, for its owner alone; returns how many rows it has. Raises UserError.

    Of what stands there already only an earlier export is replaced.
    """
    rows = FORMS[form](desk)
    if not rows:
        raise UserError(f"There is nothing to write as {form} yet: nobody has decided anything of it.")
    check_given(path, "--export", lambda start: any(_begins_like(each(desk)[:1], start) for each in FORMS.values()))
    if form in _AS_LIST:
        text = json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
    else:
        text = "".join(json_lines.line(row) + "\n" for row in rows)
    write_atomically(path, text)
    return len(rows)


def _begins_like(rows: list[dict[str, Any]], start: str) -> bool:
    """Whether a file's first object has the fields of these rows; an earlier release may have had fewer, a later one more."""
    try:
        first, _ = json.JSONDecoder().raw_decode(start.lstrip("[ \r\n\t"))
    except (ValueError, RecursionError):
        return False
    if not rows or not isinstance(first, dict):
        return False
    shared = len(rows[0].keys() & first.keys())
    return rows[0].keys() == first.keys() or (shared > 2 and shared == min(len(rows[0]), len(first)))


def import_decisions(desk: Desk, path: Path, form: str, author: str) -> tuple[int, int]:
    """Takes a file's decisions into the log; returns how many rows it has, and how many were new.

    All or none: raises UserError naming the row that cannot be taken.
    """
    if form == "preference":
        raise UserError("--as preference: only decisions can be taken in; choose log, label-studio or argilla.")
    rows = json_lines.read(path, _IMPORT)
    name = " ".join(escape_invisible(path.name).split())
    source = f"{form}: {name}, by {author}"
    if form == "log":
        decisions = [_of_log(location, row, source) for location, row in rows]
    else:
        read = label_studio.decisions if form == "label-studio" else argilla.decisions
        foreign: Iterator[ForeignDecision] = (one for location, row in rows for one in read(location, row))
        decisions = [resolved(desk, one, source) for one in foreign]
    return len(decisions), desk.log.add_all(decisions)


def _of_log(location: str, row: Mapping[str, Any], source: str) -> ReviewDecision:
    """A row of an exported log; the rows keep their times, and who imported them is said beside."""
    texts: dict[str, str] = {}
    for name in (
        "reviewer",
        "role",
        "kind",
        "item",
        "subject",
        "id",
        "action",
        "seen",
        "text",
        "reason",
        "queue",
        "time",
    ):
        value = row.get(name, "")
        if not isinstance(value, str) or "\0" in value:
            raise UserError(f"{location}: {name} is {json_lines.describe_value(dict(row), name)}; write a text.")
        texts[name] = value
    kind, action = texts["kind"], texts["action"]
    if kind not in ACTIONS or action not in (*ACTIONS[kind], "undo"):
        raise UserError(f"{location}: {action[:40]!r} is no decision on a {kind[:40]!r}.")
    if texts["role"] not in {"reviewer", "lead"}:
        raise UserError(f"{location}: role is {texts['role'][:40]!r}; write reviewer or lead.")
    for name in ("reviewer", "item", "id", "seen", *(["text"] if action == "edit" else [])):
        if not texts[name].strip():
            raise UserError(f"{location}: {name} is empty; write a text.")
    if not is_of_kind(texts["item"], kind):
        raise UserError(f"{location}: {texts['item'][:80]!r} is no {kind}; correct item or kind.")
    texts["reviewer"] = known_name(texts["reviewer"])
    return ReviewDecision(source=source, **cast(dict[str, Any], texts))
