"""What the stages refused: reasons, examples, and what cleaning did to the mix of documents."""

from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from secondhalf.clean.mix import MixShift, measure_mix
from secondhalf.models.scheduling.unanswered import VARYING
from secondhalf.rows import Document, from_table
from secondhalf.runs import Label
from secondhalf.store import Stage

_NO_REPLY = ("refused by the teacher", "no draft", "no user turn", "no answer")


def reasons(stage: Stage) -> list[tuple[str, int, list[str]]]:
    """Why rows were refused: reason, count, and the first three ids; the most frequent first."""
    if not any(stage.path.glob("rejects-*.parquet")):
        return []
    rejects = stage.read("rejects").select(["id", "reason"]).to_pylist()
    # A reason's own details stand after a colon; without them the rows can be counted.
    ids: dict[str, list[str]] = {}
    for row in rejects:
        ids.setdefault(row["reason"].partition(":")[0], []).append(row["id"])
    # A corpus keeps some of what it could not read, and counts all of it.
    counts: dict[str, int] = stage.manifest.get("reasons") or {reason: len(row_ids) for reason, row_ids in ids.items()}
    return [(reason, count, ids[reason][:3]) for reason, count in sorted(counts.items(), key=lambda item: -item[1])]


def server_words(stage: Stage) -> dict[str, list[tuple[str, int]]]:
    """What was said of the pairs that got no reply: by reason the words and their count, the three most frequent."""
    if stage.name not in {"teach", "pilot"} or not any(stage.path.glob("rejects-*.parquet")):
        return {}
    words: dict[str, dict[str, list[str]]] = {}
    for reason in stage.read("rejects").column("reason").to_pylist():
        head, _, sentence = reason.partition(": ")
        if sentence and head.startswith(_NO_REPLY):  # counts and names of requests apart, they are the same words
            words.setdefault(head, {}).setdefault(VARYING.sub("#", sentence), []).append(sentence)
    return {
        head: sorted(((sentence[0], len(sentence)) for sentence in alike.values()), key=lambda one: -one[1])[:3]
        for head, alike in words.items()
    }


class Example(NamedTuple):
    """A reject for people: the check that refused it, a part of its text, the whole reason, and where it is from: a document's
    address, or an instruction file and its row (empty for other pairs)."""

    check: str
    text: str
    reason: str = ""
    url: str = ""


def examples(stage: Stage, ids: set[str], size: int) -> dict[str, Example]:
    """At most `size` characters of each reject, by id: of a document the place that the verdict means, of a pair its seam.

    A span refers to the text that the filter was given, which an earlier one may have rewritten: it can be off by a little.
    """
    rejects = _rows(stage, "rejects", ids)
    failed = [row for row in _rows(stage, "verdicts", ids) if not row["passed"]]
    starts = {(row["id"], row["check"]): row["start"] for row in failed}
    texts = (_excerpt(row, starts.get((row["id"], row["check"]), -1), size) for row in rejects)
    return {
        row["id"]: Example(row["check"], text, row["reason"], _origin(row))
        for row, text in zip(rejects, texts, strict=True)
    }


def _rows(stage: Stage, kind: str, ids: set[str]) -> list[dict[str, Any]]:
    """The rows of those ids, read part by part: a corpus' rejects need not fit in memory."""
    wanted = pc.field("id").isin(pa.array(sorted(ids), pa.string()))
    return [row for table in stage.tables(kind) for row in table.filter(wanted).to_pylist()]


def _origin(row: dict[str, Any]) -> str:
    # A row of instruction data that was no pair has its place where a pair has its teacher.
    place: str = row.get("url", "") or (row["teacher"] if row.get("rule") == "instructions" else "")
    return place


def _excerpt(row: dict[str, Any], start: int, size: int) -> str:
    # A document that could not be read has an empty text, a pair has none.
    text: str = row["text"] if "text" in row else f"{row.get('prompt', '')[-160:]} ⟶ {row.get('response', '')}"
    first = max(0, min(start - size // 3, len(text) - size)) if row.get("text") else 0
    return ("…" if first else "") + text[first : first + size] + ("…" if first + size < len(text) else "")


def mix(stages: dict[Label, Stage]) -> list[MixShift]:
    """What cleaning did to the mix: the documents that passed it, against all that came in. Empty where it is not done."""
    cleaned = [stages[label] for label in (Label("clean"), Label("deduplicate")) if label in stages]
    if not cleaned or not all(stage.whole for stage in cleaned):
        return []
    refused = [row for stage in cleaned for row in from_table(Document, stage.read("rejects"))]
    return measure_mix(from_table(Document, cleaned[-1].read()), refused)
