"""Stops at the stage that left nothing, with its reasons and the fields that decide them."""

from collections import Counter

from pydantic import BaseModel

from secondhalf.errors import UserError
from secondhalf.runs import OpenRun
from secondhalf.store import Stage

_MOST_REASONS = 3
# Checks that do not bear the name of the field that decides them.
_FIELD_OF_CHECK = {
    "encoding": "clean.characters", "invisible": "clean.characters", "bidirectional": "clean.characters",
    "scripts": "clean.language", "near_duplicate": "clean.near_duplicates", "empty": "audit.min_words",
    "finished": "audit.keep_unfinished", "loops": "audit.max_loops", "echo": "audit.max_echo",
    "instruction_prompt": "audit.refuse_instructions", "instruction_response": "audit.refuse_instructions",
    "instruction_script": "audit.refuse_unjudged",
    "answered": "teach", "split": "split", "readable": "corpus",
}  # fmt: skip


def check_left(run: OpenRun, stage: Stage, name: str) -> Stage:
    """The stage, where rows are left in it. `name`: what it is in a sentence, such as "audit taught".

    Raises UserError for one that left none, with the most frequent reasons, each with its field.
    """
    if stage.rows():
        return stage
    counts, rows = Counter[tuple[str, str]](), 0
    for table in stage.tables("rejects"):
        rows += table.num_rows
        for check, reason in zip(table.column("check").to_pylist(), table.column("reason").to_pylist(), strict=True):
            counts[check, reason.partition(":")[0]] += 1
    if not rows:
        raise UserError(f"{name} came to no rows: there was nothing to read or to choose from; look at corpus.path.")
    reasons = "; ".join(
        f"{count} {reason} ({_field(run, stage.name, check)})"
        for (check, reason), count in counts.most_common(_MOST_REASONS)
    )
    more = len(counts) - _MOST_REASONS
    raise UserError(
        f"{name} refused all of its {rows} rows: {reasons}{f'; {more} reasons more' if more > 0 else ''}. Change the field that "
        f"is named, and run again: {_show(run, stage.name)} has examples."
    )


def _field(run: OpenRun, stage: str, check: str) -> str:
    """The recipe's field that decides a check, as deep as the check's name says it."""
    if check in _FIELD_OF_CHECK:
        return _FIELD_OF_CHECK[check]
    if stage not in {"clean", "deduplicate"}:
        return stage
    node: object = run.recipe.clean
    field = ["clean"]
    for part in ("japanese" if check.startswith("ja_") else check).replace(" ", ".").split("."):
        if not isinstance(node, BaseModel) or part not in type(node).model_fields:
            break
        node = getattr(node, part)
        field.append(part)
    return ".".join(field)


def _show(run: OpenRun, stage: str) -> str:
    return f"`secondhalf show {run.folder.name} {'clean' if stage == 'deduplicate' else stage}`"
