"""Judges in this process that know which of two answers is the better one, wherever it stands."""

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from secondhalf.evaluate.judge.judges import JUDGMENTS, JudgeReplies
from secondhalf.models.request import Request
from secondhalf.store import Stage


class PickingJudges:
    """`says(first, second)`: the judge's words about the answers in the order in which it is shown them.

    `marks`: the texts in a question right before the first answer, and right before the second.
    """

    longest = 1000

    def __init__(self, answer: Callable[[str, str], str], marks: tuple[str, str]) -> None:
        self._says, self._marks = answer, marks

    def judge(self, requests: Sequence[Request], stage: Stage, label: str) -> tuple[JudgeReplies, dict[str, Any]]:
        """Every request answered; the judgments- table written."""
        replies: dict[str, str | None] = {}
        for request in requests:
            user = request.messages[-1][1]
            first, second = (user.partition(mark)[2].partition("\n")[0].rstrip('",') for mark in self._marks)
            replies[request.id] = self._says(first, second)
        rows = [
            dict(zip(JUDGMENTS.names, ("judge", id, reply, "stop", "", ""), strict=True))
            for id, reply in replies.items()
        ]
        stage.write("judgments", 0, pa.Table.from_pylist(rows, schema=JUDGMENTS))
        return {"judge": replies}, {}
