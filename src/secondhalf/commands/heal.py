"""`secondhalf journal --heal`: takes failures out of the journal, and the stages that were made of them out of the store.

Earlier releases kept replies that a failing server had cut off, and rejects of servers that refused for a while; and they took
the ends of some servers for none. A stage that is whole is not made again, so the stages that hold such rows go to the store's
trash, and so do those made from them: the next run makes them again, from the journal where it has the replies, and asks for
the rest.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable

from secondhalf.models.finish import finish_kind, has_ended
from secondhalf.models.journal.view import JournalSelection, JournalView
from secondhalf.models.refusal_reason import is_servers_fault
from secondhalf.models.scheduling.unanswered import VARYING
from secondhalf.store import Stage, Store
from secondhalf.store.prune import move_to_trash

_STAGES = {"teach", "pilot", "audit", "benchmark", "account"}
# What earlier releases wrote of a refusal that passes.
_PASSING = re.compile(
    r"[^:]*: (.*\(tried \d+ times\)$|the server answered (40[1-57]|429)\b|no answer in \d|another model, )", re.DOTALL
)
_STATUS = re.compile(r"[^:]*: the server answered 4\d\d: ")
_UNFINISHED = re.compile(r"unfinished: the finish reason is '(.*)'")
_MANY = 3  # rows that one and the same refusal was given to: no text's fault
_KINDS = {"part": "finish", "candidates": "finish", "drafts": "finish", "rejects": "reason", "judgments": "refused"}


def heal(store: Store, *, sure: bool, as_json: bool) -> str:
    """Says what would be removed; with `sure` removes it. Raises UserError where there is no journal."""
    view = JournalView(store.root / "journal.sqlite")
    words = [word for word in view.finishes() if finish_kind(word) == "failed"]
    selection = JournalSelection(finishes=tuple(words))
    replies = sum(entry.replies for entry in view.models(selection)) if words else 0
    stages = _with_all_made_from_them(store, [stage for stage in _whole(store) if _holds_failures(stage)])
    if sure:
        if replies:
            view.prune(selection)
        move_to_trash(store, stages, tuple)
    names = [f"{stage.name}/{stage.key}" for stage in stages]
    if as_json:
        return json.dumps({"replies": replies, "stages": names, "removed": sure}, ensure_ascii=False)
    if not replies and not stages:
        return "The journal and the store hold no failures."
    listed = "".join(f"\n  {name}" for name in names)
    counts = f"{replies:,} replies that a failure cut off, and {len(stages)} stages made of such replies or of passing refusals"
    after = (
        "The next run makes these stages again."
        if sure
        else "Add --yes to do it; the next run makes these stages again."
    )
    return f"{'Removed' if sure else 'Would be removed'}: {counts}.{listed}\n{after}"


def _whole(store: Store) -> list[Stage]:
    return [stage for stage in store.stages() if stage.whole]


def _holds_failures(stage: Stage) -> bool:
    if stage.name not in _STAGES:
        return False
    for kind, column in _KINDS.items():
        values = [
            value
            for table in stage.tables(kind)
            if column in table.column_names
            for value in table.column(column).to_pylist()
        ]
        if column == "finish" and any(finish_kind(value or "") == "failed" for value in values):
            return True
        if column != "finish" and _passing(values if kind == "rejects" else [f"refused: {v}" for v in values if v]):
            return True
    return False


def _passing(reasons: Iterable[str]) -> bool:
    """Whether one of these rejects would be none today."""
    equal: Counter[str] = Counter()
    for reason in reasons:
        unfinished = _UNFINISHED.fullmatch(reason)
        if is_servers_fault(reason) or _PASSING.match(reason) or (unfinished and has_ended(unfinished[1])):
            return True
        if _STATUS.match(reason):
            equal[VARYING.sub("#", reason)] += 1
    return any(count >= _MANY for count in equal.values())


def _with_all_made_from_them(store: Store, stages: list[Stage]) -> list[Stage]:
    """The stages, and all whose inputs name one of them, or one of those; in the order of their names."""
    chosen = {stage.key: stage for stage in stages}
    inputs = {stage: json.dumps(stage.manifest.get("inputs", {})) for stage in _whole(store)} if chosen else {}
    grown = True
    while grown:
        more = {
            stage.key: stage
            for stage, text in inputs.items()
            if stage.key not in chosen and any(key in text for key in chosen)
        }
        chosen |= more
        grown = bool(more)
    return sorted(chosen.values(), key=lambda stage: (stage.name, stage.key))
