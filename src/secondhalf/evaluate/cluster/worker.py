"""What runs on a node: a student that is loaded once, and parts of prompts that it answers.

A part is what this machine would generate together, so its batches are the same wherever it is answered.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from secondhalf.evaluate.answers import AnswerPart
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.partial_answers import Tokens
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.on_node import model_code, model_here
from secondhalf.models.reference import Model
from secondhalf.rows import Answer
from secondhalf.store.cluster.node import check_code, named_faults, stand_in
from secondhalf.store.cluster.scratch import Scratch
from secondhalf.store.cluster.sent import SentFolder, bring_folder

Place = tuple[str, int]
"""Where the tokens of one model's answers are kept: a kind of the part, and the model's number."""


class Student(NamedTuple):
    """The student of all workers, and what they need to have as the process of the run has it."""

    code: dict[str, str]
    folder: str
    """Where the process of the run stands."""
    model: Model
    sent: SentFolder | None
    """Its files, where the run itself made them; else the node has them."""
    engine: str


class PartRequest(NamedTuple):
    """One part to be answered."""

    part: AnswerPart
    template: Template
    adapters: list[SentFolder | None]
    temperature: float
    label: str
    earlier: Mapping[Place, Tokens]
    """What was kept of answers that were begun elsewhere."""


class AnswerWorker:
    """One worker. `news` is called while it answers."""

    def __init__(self, node: str) -> None:
        self._node, self._scratch = node, Scratch()
        self._model: StudentModel | None = None
        self._steps, self._kept, self._lock = 0, dict[Place, Tokens](), threading.Lock()

    def answer(self, student: Student, request: PartRequest) -> list[list[Answer]]:
        """The answers of each of the models. Raises UserError, which names the node, where it cannot have them."""
        check_code(self._node, student.code, model_code())
        stand_in(student.folder)
        with named_faults(self._node):
            model = self._model = self._model or self._load(student)
            model.temperature = request.temperature
            adapters = [bring_folder(sent, self._scratch.path) if sent else None for sent in request.adapters]
            kept = {
                kind: [_Reported(self, (kind, number), request.earlier) for number in range(len(adapters))]
                for kind in request.part.kinds
            }
            try:
                return request.part.answer(
                    model, request.template, adapters, kept, label=request.label, on_tokens=self._count
                )
            finally:  # the next part's news are its own
                self.news()

    def news(self) -> tuple[int, dict[Place, Tokens]]:
        """How many steps were done since the worker began, and the tokens that are new to be kept."""
        with self._lock:
            kept, self._kept = self._kept, {}
            return self._steps, kept

    def close(self) -> None:
        """Removes what it wrote on the node."""
        self._scratch.remove()

    def report(self, place: Place, tokens: Tokens) -> None:
        """Tokens to be kept, in the place of those before."""
        with self._lock:
            self._kept[place] = {index: list(ids) for index, ids in tokens.items()}

    def _load(self, student: Student) -> StudentModel:
        folder = bring_folder(student.sent, self._scratch.path) if student.sent else model_here(student.model).path
        return StudentModel(folder, student.engine)

    def _count(self, tokens: Sequence[int]) -> None:
        self._steps += 1


class _Reported:
    """Tokens that are kept by the process of the run."""

    def __init__(self, worker: AnswerWorker, place: Place, earlier: Mapping[Place, Tokens]) -> None:
        self._worker, self._place, self._earlier = worker, place, earlier

    def read(self) -> Tokens:
        return self._earlier.get(self._place, {})

    def write(self, tokens: Tokens) -> None:
        self._worker.report(self._place, tokens)
