"""Workers on nodes answer as one process here does, byte for byte, whatever becomes of the nodes."""

import logging
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from secondhalf.errors import UserError
from secondhalf.evaluate import answers, conversation
from secondhalf.evaluate.answers import AnswerPart, PromptPart, SamplingOptions, answer_parts, prompt_parts
from secondhalf.evaluate.cluster.answering import ClusterStudent, student_on_cluster
from secondhalf.evaluate.cluster.group import AnswerGroup
from secondhalf.evaluate.conversation import conversation_parts
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.reference import resolve
from secondhalf.store import Stage
from secondhalf.store.cluster.settings import ClusterSettings
from secondhalf.store.cluster.workers import RayWorkers
from support.clusters import add_node, tables
from support.small_training import trained

pytestmark = pytest.mark.extras
PLAIN = Template.named("plain")
TEXTS = [
    "a river",
    "the old mill and the miller's house",
    "川は古い",
    "flour",
    "fish from the bridge in the morning",
] * 3
LONGEST = 100


class Single:
    """A prompt of one turn."""

    def __init__(self, number: int, text: str) -> None:
        self.id, self.text, self.turns = f"p{number:02d}", text, (text, "why?")


PROMPTS = [Single(number, text) for number, text in enumerate(TEXTS)]


@pytest.fixture
def workers(cluster: Any) -> Iterator[RayWorkers]:
    workers = RayWorkers(ClusterSettings(address=cluster.address, evaluate=True))
    yield workers
    workers.close()


@pytest.fixture(scope="module")
def adapter(student: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adapter")
    trained(student, folder, learning_rate=1e-2)
    return folder / "adapter"


@pytest.fixture(scope="module")
def parts() -> list[AnswerPart]:
    """Four parts of one turn, greedy ones and drawn ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "PER_PART", 8)
        patch.setattr(conversation, "PER_PART", 8)
        return [
            *prompt_parts(PROMPTS, SamplingOptions(LONGEST, 0.0, 1)),
            *prompt_parts(PROMPTS, SamplingOptions(LONGEST, 0.7, 1)),
            *conversation_parts(PROMPTS, lambda one: float(one.id > "p05"), 20, 5),
        ]


@pytest.fixture(scope="module")
def here(
    student: Path, adapter: Path, parts: list[AnswerPart], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    """The tables of one process here."""
    folder = tmp_path_factory.mktemp("here")
    answer_parts(StudentModel(student), PLAIN, parts, _stages(folder, adapter), "test")
    made = tables(folder)
    assert len(made) == 2 * len(parts)
    return made


def _stages(folder: Path, adapter: Path) -> list[tuple[Path | None, Stage]]:
    stages: list[tuple[Path | None, Stage]] = [(None, Stage(folder / "base")), (adapter, Stage(folder / "tuned"))]
    for _, stage in stages:
        stage.path.mkdir(exist_ok=True)
    return stages


def _on_cluster(workers: RayWorkers, student: Path, *, own: bool = False) -> ClusterStudent:
    return student_on_cluster(workers, resolve(str(student)), own, "transformers")


@pytest.mark.parametrize("own", [False, True])
def test_two_nodes_answer_what_one_process_does(
    student: Path,
    adapter: Path,
    parts: list[AnswerPart],
    here: dict[str, bytes],
    workers: RayWorkers,
    tmp_path: Path,
    own: bool,
) -> None:
    """`own`: the student's files are sent, as those of one that the run trained are."""
    on_nodes = _on_cluster(workers, student, own=own)
    on_nodes.answer_parts(1.0, PLAIN, parts[:2], _stages(tmp_path, adapter), "test")
    assert _on_cluster(workers, student, own=own) is on_nodes
    stages = _stages(tmp_path, adapter)
    (tmp_path / "tuned" / "answers-00001.parquet").unlink()
    on_nodes.answer_parts(1.0, PLAIN, parts, stages, "test")
    assert tables(tmp_path) == here


@pytest.mark.soak
def test_a_node_is_killed_while_it_answers(
    student: Path,
    adapter: Path,
    parts: list[AnswerPart],
    here: dict[str, bytes],
    cluster: Any,
    workers: RayWorkers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    give, given, killed = AnswerGroup._give, list[int](), list[Any]()

    def give_and_kill(self: AnswerGroup, worker: Any, part: int, request: Any) -> None:
        give(self, worker, part, request)
        given.append(part)
        if not killed and sum(one.part is not None for one in self._workers) == 2:
            killed.append(next(iter(cluster.worker_nodes)))
            cluster.remove_node(killed[0], allow_graceful=False)
            add_node(cluster)

    monkeypatch.setattr(AnswerGroup, "_give", give_and_kill)
    with caplog.at_level(logging.WARNING, "secondhalf"):
        _on_cluster(workers, student).answer_parts(1.0, PLAIN, parts, _stages(tmp_path, adapter), "test")
    assert tables(tmp_path) == here
    assert len(given) == len(parts) + 1
    [message] = [one for one in caplog.messages if "its part is given to another worker" in one]
    assert " was lost: Actor" in message


@pytest.mark.soak
def test_a_worker_that_hangs_loses_its_part(
    student: Path, adapter: Path, workers: RayWorkers, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A worker that hung lost its part to another, and one that hung again and again was one sentence."""

    class Hanging(PromptPart):
        def answer(self, *arguments: Any, **watching: Any) -> Any:
            times = int(self.prompts[0][1])
            for number in range(times):
                mark = tmp_path / f"hung-{self.prompts[0][0]}-{number}"
                if not mark.exists():
                    mark.touch()
                    time.sleep(3600)
            return super().answer(*arguments, **watching)

    def parts(id: str, times: int) -> Sequence[AnswerPart]:
        return [Hanging([(id, str(times))], SamplingOptions(4, 0.0, 1))]

    on_nodes = _on_cluster(workers, student)
    on_nodes._group._seconds = 40
    with caplog.at_level(logging.WARNING, "secondhalf"):
        on_nodes.answer_parts(1.0, PLAIN, parts("once", 1), [(None, Stage(tmp_path / "once"))], "test")
    assert Stage(tmp_path / "once").read("answers")["id"].to_pylist() == ["once"]
    [message] = caplog.messages
    assert "did not answer within" in message
    assert message.endswith("its part is given to another worker")
    with pytest.raises(UserError) as caught:
        on_nodes.answer_parts(1.0, PLAIN, parts("ever", 9), [(None, Stage(tmp_path / "ever"))], "test")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("test: a part was lost with 3 workers (node ")


def test_a_student_that_a_node_has_otherwise_is_a_sentence(
    student: Path, workers: RayWorkers, parts: list[AnswerPart], adapter: Path, tmp_path: Path
) -> None:
    on_nodes = _on_cluster(workers, student)
    model = student / "config.json"
    text = model.read_text("utf-8")
    try:
        model.write_text(text + "\n", "utf-8")
        with pytest.raises(UserError, match=r"^Node .* is another model than on the machine of the run"):
            on_nodes.answer_parts(1.0, PLAIN, parts, _stages(tmp_path, adapter), "test")
    finally:
        model.write_text(text, "utf-8")
