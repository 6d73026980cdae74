"""Several judges' replies as one verdict: grades are averaged, labels put in their order and averaged too.

What cannot be read is never guessed: it counts for nothing, and is counted. Of an answer that speaks to the judge there are
two verdicts (attempts.py), and the worse one counts, or the lowest where one cannot be read: nobody gains by it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import pyarrow as pa

from secondhalf.evaluate.judge.attempts import REPEATED
from secondhalf.evaluate.judge.judges import JudgeReplies
from secondhalf.store import Stage

GRADES = pa.schema([("judge", pa.string()), ("id", pa.string()), ("grade", pa.float64())])


@dataclass(frozen=True, slots=True)
class Verdicts:
    """`grades` by the request's id: the mean over the judges whose reply could be read. `by_judge` holds each judge's own."""

    grades: dict[str, float]
    by_judge: dict[str, dict[str, float]]
    judged: int
    """Requests, repeated ones aside."""
    repeated: int
    """Requests that were made again, since an answer in them addresses the judge."""

    def summary(self) -> dict[str, Any]:
        """For the manifest: how many were judged, what of it could be read by each judge, and the attempts."""
        read = {judge: len(grades) for judge, grades in self.by_judge.items()}
        return {"judged": self.judged, "read": read, "attempts": self.repeated}


def write_grades(stage: Stage, by_judge: Mapping[str, Mapping[str, float]]) -> None:
    """Writes the grades- table: each judge's own grade of each request, where its reply could be read."""
    rows = [
        {"judge": judge, "id": id, "grade": grade}
        for judge, grades in sorted(by_judge.items())
        for id, grade in sorted(grades.items())
    ]
    stage.write("grades", 0, pa.Table.from_pylist(rows, schema=GRADES))


def read_verdicts(
    replies: JudgeReplies,
    read: Callable[[str], float | None],
    lowest: Callable[[str], float],
    weighed: Mapping[str, Mapping[str, float]] | None = None,
) -> Verdicts:
    """Reads every judge's replies. `read` makes a grade of a reply, or None; `lowest`: the worst grade that a request can get.

    `weighed`: grades by judge and request that count in place of the replies' own.
    """
    by_judge: dict[str, dict[str, float]] = {}
    for judge, texts in replies.items():
        own = {id: None if text is None else read(text) for id, text in texts.items()}
        own |= (weighed or {}).get(judge, {})
        for repeated in [id for id in own if id.endswith(REPEATED)]:
            id = repeated.removesuffix(REPEATED)
            own[id] = _worse(own[id], own.pop(repeated), lowest(id))
        by_judge[judge] = {id: grade for id, grade in own.items() if grade is not None}
    requests = next(iter(replies.values()), {})
    ids = [id for id in requests if not id.endswith(REPEATED)]
    grades = {
        id: fmean(grades[id] for grades in by_judge.values() if id in grades)
        for id in ids
        if any(id in grades for grades in by_judge.values())
    }
    return Verdicts(grades, by_judge, len(ids), len(requests) - len(ids))


def _worse(first: float | None, second: float | None, lowest: float) -> float:
    if first is None or second is None:
        return lowest
    return first if abs(first - lowest) <= abs(second - lowest) else second
