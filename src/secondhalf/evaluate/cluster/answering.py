"""The answers of models of one student, part by part, by workers on the nodes of a cluster; the tables are written here."""

import logging
import os
from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.evaluate.answers import AdapterStages, AnswerPart, is_written, kept_of, write_part
from secondhalf.evaluate.cluster.group import AnswerGroup, Outcome, PartLost, PartNews
from secondhalf.evaluate.cluster.worker import PartRequest, Student
from secondhalf.models.chat.template import Template
from secondhalf.models.on_node import by_its_files, model_code
from secondhalf.models.reference import Model
from secondhalf.progress import Progress
from secondhalf.rows import digest
from secondhalf.store.cluster.sent import SentFolder, send_folder
from secondhalf.store.cluster.workers import RayWorkers

_LOG = logging.getLogger(__name__)
_ATTEMPTS = 3  # of one part


class ClusterStudent:
    """A student in the memory of workers on nodes, for any number of adapters."""

    def __init__(self, model: Model, own: bool, engine: str, seconds: float) -> None:
        """`own`: the run itself made its files, and sends them; `seconds`: after so long without a word a worker hangs."""
        sent = send_folder(model.path, f"student-{digest(model.identity)}") if own else None
        known = model if own else by_its_files(model)
        self._group = AnswerGroup(Student(model_code(), os.getcwd(), known, sent, engine), seconds)
        self._adapters: dict[Path, SentFolder] = {}

    def answer_parts(
        self, temperature: float, template: Template, parts: Sequence[AnswerPart], stages: AdapterStages, label: str
    ) -> None:
        """As `answers.answer_parts`: writes the stages' answers- tables, those that are missing.

        Raises UserError where a node lacks what answers need, or workers are lost again and again.
        """
        left = deque(index for index, part in enumerate(parts) if not is_written(part, index, stages))
        adapters = [None if adapter is None else self._sent(adapter) for adapter, _ in stages]
        total = len(stages) * sum(parts[index].count for index in left)
        lost = Counter[int]()

        def request(index: int) -> PartRequest:
            kept = kept_of(parts[index], index, stages)
            earlier = {(kind, n): one.read() for kind, models in kept.items() for n, one in enumerate(models)}
            return PartRequest(parts[index], template, adapters, temperature, label, earlier)

        def handle(index: int, came: Outcome, progress: Progress) -> None:
            if isinstance(came, PartNews):
                kept = kept_of(parts[index], index, stages)
                for (kind, number), tokens in came.tokens.items():
                    kept[kind][number].write(tokens)
            elif isinstance(came, PartLost):
                lost[index] += 1
                if lost[index] == _ATTEMPTS:
                    raise UserError(
                        f"{label}: a part was lost with {_ATTEMPTS} workers ({came.reason}): look at that node's memory and its "
                        "Ray logs, or raise cluster.part_minutes; the same command goes on where the answers stopped."
                    )
                _LOG.warning("%s: %s; its part is given to another worker", label, came.reason)
                left.appendleft(index)
            else:
                write_part(parts[index], index, stages, came)
                progress.advance(len(stages) * parts[index].count)

        try:
            with Progress(label, total, "answers") as progress:
                for index, came in self._group.work(left, request):
                    handle(index, came, progress)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Ends the workers."""
        self._group.close()

    def _sent(self, adapter: Path) -> SentFolder:
        if adapter not in self._adapters:
            self._adapters[adapter] = send_folder(adapter, f"adapter-{digest(str(adapter))}")
        return self._adapters[adapter]


def student_on_cluster(workers: RayWorkers, model: Model, own: bool, engine: str) -> ClusterStudent:
    """The student on the cluster: its workers stay until others need the cores."""
    student: ClusterStudent = workers.hold(
        (model, engine), lambda: ClusterStudent(model, own, engine, workers.settings.part_minutes * 60)
    )
    return student
