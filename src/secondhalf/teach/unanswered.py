"""Pairs that a server left without a reply: a stage that holds some is not final."""

from collections import Counter
from collections.abc import Iterable, Mapping

import pyarrow as pa

from secondhalf.errors import UserError
from secondhalf.models.refusal_reason import is_servers_fault
from secondhalf.store import Stage
from secondhalf.teach.settings import TeachSettings


def forget_unanswered(stage: Stage) -> None:
    """Removes the parts of an unfinished stage whose rejects hold pairs that the server left unanswered: they are made again."""
    for path in sorted(stage.path.glob("rejects-*.parquet")):
        index = int(path.stem.rpartition("-")[2])
        reasons = stage.read_part("rejects", index).column("reason").to_pylist()
        if any(map(is_servers_fault, reasons)):
            stage.remove_part("part", index)


def check_answered(rejects: Iterable[pa.Table], settings: TeachSettings, total: int) -> None:
    """Raises UserError where a server left pairs unanswered, unless its `unanswered` says that they are rejects.

    `total` is how many pairs were asked for. What was answered is in the journal.
    """
    stops = _stopping(settings)
    words: Counter[str] = Counter()
    for table in rejects:
        for teacher, reason in zip(
            table.column("teacher").to_pylist(), table.column("reason").to_pylist(), strict=True
        ):
            head, _, sentence = reason.partition(":")
            if is_servers_fault(reason) and stops["" if head.startswith("no draft") else teacher]:
                words[sentence.strip()] += 1
    if words:
        often = words.most_common(1)[0][0]
        raise UserError(
            f"{words.total()} of {total} pairs got no reply, by the server's fault: {often}. What was answered is kept: the same "
            "command asks them again, or goes on without them where the server's settings say `unanswered: reject`."
        )


def _stopping(settings: TeachSettings) -> Mapping[str, bool]:
    """By a pair's teacher, whether its server's faults stop; "" stands for whoever drafts."""
    stops = {name or one.model: one.server.unanswered == "stop" for name, one in settings.by_teacher().items()}
    return {**stops, "": settings.draft is not None and settings.draft.server.unanswered == "stop"}
