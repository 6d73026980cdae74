"""Several judges' words as one verdict: grades are averaged, labels put in their order and averaged too.

What cannot be read is never guessed: it counts for nothing, and is counted. Of an answer that speaks to the judge there are
two verdicts (attempts.py), and the worse one counts, or the lowest where one cannot be read: nobody gains by it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import pyarrow as pa

from secondhalf.evaluate.judge.ask import Words
from secondhalf.evaluate.judge.attempts import AGAIN
from secondhalf.store import Stage

GRADES = pa.schema([("judge", pa.string()), ("id", pa.string()), ("grade", pa.float64())])


@dataclass(frozen=True, slots=True)
class Verdicts:
    """`grades` by the question's id: the mean over the judges whose words could be read. `by_judge` holds each judge's own."""

    grades: dict[str, float]
    by_judge: dict[str, dict[str, float]]
    asked: int
    attempts: int
    """Questions that were put again, since an answer in them speaks to the judge."""

    def told(self) -> dict[str, Any]:
        """For the manifest: how many were judged, what of it could be read by each judge, and the attempts."""
        read = {judge: len(grades) for judge, grades in self.by_judge.items()}
        return {"judged": self.asked, "read": read, "attempts": self.attempts}


def write_grades(stage: Stage, by_judge: Mapping[str, Mapping[str, float]]) -> None:
    """Writes the grades- table: each judge's own grade of each question that could be read."""
    rows = [
        {"judge": judge, "id": id, "grade": grade}
        for judge, grades in sorted(by_judge.items())
        for id, grade in sorted(grades.items())
    ]
    stage.write("grades", 0, pa.Table.from_pylist(rows, schema=GRADES))


def verdicts(
    words: Words,
    read: Callable[[str], float | None],
    lowest: Callable[[str], float],
    sure: Mapping[str, Mapping[str, float]] | None = None,
) -> Verdicts:
    """Reads every judge's words. `lowest`: the worst verdict on a question's answer.

    `sure`: by judge and question, what counts in place of the words.
    """
    by_judge: dict[str, dict[str, float]] = {}
    for judge, said in words.items():
        mine = {id: None if text is None else read(text) for id, text in said.items()}
        mine |= (sure or {}).get(judge, {})
        for again in [id for id in mine if id.endswith(AGAIN)]:
            id = again.removesuffix(AGAIN)
            mine[id] = _worse(mine[id], mine.pop(again), lowest(id))
        by_judge[judge] = {id: grade for id, grade in mine.items() if grade is not None}
    asked = next(iter(words.values()), {})
    ids = [id for id in asked if not id.endswith(AGAIN)]
    grades = {
        id: fmean(grades[id] for grades in by_judge.values() if id in grades)
        for id in ids
        if any(id in grades for grades in by_judge.values())
    }
    return Verdicts(grades, by_judge, len(ids), len(asked) - len(ids))


def _worse(one: float | None, two: float | None, lowest: float) -> float:
    if one is None or two is None:
        return lowest
    return one if abs(one - lowest) <= abs(two - lowest) else two
