"""Workers on nodes train what one process here does, whatever becomes of the nodes."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from secondhalf.errors import UserError  # noqa: E402
from secondhalf.store.cluster.settings import ClusterSettings  # noqa: E402
from secondhalf.store.cluster.workers import RayWorkers  # noqa: E402
from secondhalf.train.cluster import training  # noqa: E402
from secondhalf.train.cluster.group import WorkerGroup, _check_alike  # noqa: E402
from secondhalf.train.cluster.worker import Readiness  # noqa: E402
from support.clusters import add_node  # noqa: E402
from support.small_training import trained  # noqa: E402

Log = list[dict[str, Any]]


@pytest.fixture
def workers(cluster: Any) -> Iterator[RayWorkers]:
    workers = RayWorkers(ClusterSettings(address=cluster.address, train=True))
    yield workers
    workers.close()


def _weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    [file] = [path for path in folder.rglob("*.safetensors") if path.parent.name in {"adapter", "model"}]
    return load_file(file)


def _assert_same(here: tuple[dict[str, Any], Log], there: tuple[dict[str, Any], Log], one: Path, other: Path) -> None:
    """Counts, log and weights, but for the order in which sums were made; and the same files."""
    counts = {name: value for name, value in there[0].items() if name != "workers"}
    assert counts == pytest.approx(here[0], rel=1e-4)
    assert len(here[1]) == len(there[1]) > 2
    for row, other_row in zip(here[1], there[1], strict=True):
        assert (row["held_out"] is None) == (other_row["held_out"] is None)
        assert {**other_row, "held_out": other_row["held_out"] or 0} == pytest.approx(
            {**row, "held_out": row["held_out"] or 0}, rel=1e-4
        )
    weights, others = _weights(one), _weights(other)
    assert weights.keys() == others.keys()
    for name, weight in weights.items():
        torch.testing.assert_close(others[name].float(), weight.float(), rtol=1e-3, atol=1e-4)
    names = [{path.relative_to(folder).as_posix() for path in folder.rglob("*")} for folder in (one, other)]
    assert names[0] == names[1]


@pytest.mark.extras
def test_two_nodes_train_what_one_process_does(student: Path, workers: RayWorkers, tmp_path: Path) -> None:
    here = trained(student, tmp_path / "here", learning_rate=1e-3)
    there = trained(student, tmp_path / "there", workers, processes=2, learning_rate=1e-3)
    assert there[0]["workers"] == 2
    _assert_same(here, there, tmp_path / "here", tmp_path / "there")


@pytest.mark.soak
@pytest.mark.extras
@pytest.mark.parametrize(
    "more",
    [
        {"method": "full", "early_stopping": {"patience": 2, "steps": 2}, "epochs": 4},
        {"method": "full", "sharding": "fsdp"},
        {"keep": {"text": 0.5, "kl": 0.1}, "skip_surprising": 12.0},
    ],
)
def test_every_way_to_train(student: Path, workers: RayWorkers, tmp_path: Path, more: dict[str, Any]) -> None:
    """Workers on two nodes trained what one process did, the whole model with early stopping, sharded, or held by keep."""
    alone = {name: value for name, value in more.items() if name != "sharding"}
    here = trained(student, tmp_path / "here", learning_rate=1e-3, **alone)
    there = trained(student, tmp_path / "there", workers, processes=2, learning_rate=1e-3, **more)
    _assert_same(here, there, tmp_path / "here", tmp_path / "there")


@pytest.mark.soak
@pytest.mark.extras
def test_each_node_is_killed_in_mid_training(
    student: Path,
    cluster: Any,
    workers: RayWorkers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each of two nodes was killed in the middle of a training, which went on from its last checkpoint on another."""
    more = {"learning_rate": 1e-3, "epochs": 6, "checkpoint_steps": 2}
    here = trained(student, tmp_path / "here", **more)
    nodes, fetch, begun = list(cluster.worker_nodes), training.fetch_checkpoint, list[int]()

    def fetch_and_kill(stage: Any, group: WorkerGroup, step: int) -> None:
        fetch(stage, group, step)
        if step in {4, 8} and nodes:
            cluster.remove_node(nodes.pop(), allow_graceful=False)
            add_node(cluster)

    train = WorkerGroup.train

    def counted(self: WorkerGroup, job: Any) -> Any:
        begun.append(len(self.workers))
        return train(self, job)

    monkeypatch.setattr(training, "fetch_checkpoint", fetch_and_kill)
    monkeypatch.setattr(WorkerGroup, "train", counted)
    with caplog.at_level(logging.WARNING, "secondhalf"):
        there = trained(student, tmp_path / "there", workers, processes=2, **more)
    assert begun == [2, 2, 2]
    assert sum("training goes on from the last checkpoint" in message for message in caplog.messages) == 2
    _assert_same(here, there, tmp_path / "here", tmp_path / "there")


@pytest.mark.soak
@pytest.mark.extras
def test_what_a_cluster_began_goes_on_here(
    student: Path, workers: RayWorkers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A training that was begun on a cluster and stopped went on in one process here."""
    more = {"learning_rate": 1e-3, "epochs": 4, "checkpoint_steps": 2}
    here = trained(student, tmp_path / "here", **more)
    fetch = training.fetch_checkpoint

    def fetch_and_stop(stage: Any, group: WorkerGroup, step: int) -> None:
        fetch(stage, group, step)
        if step == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(training, "fetch_checkpoint", fetch_and_stop)
    with pytest.raises(KeyboardInterrupt):
        trained(student, tmp_path / "there", workers, processes=2, **more)
    assert {path.name for path in (tmp_path / "there" / "checkpoints").glob("step-*")} == {"step-000002", "step-000004"}
    there = trained(student, tmp_path / "there", **more)
    _assert_same(here, there, tmp_path / "here", tmp_path / "there")


@pytest.mark.soak
@pytest.mark.extras
def test_workers_that_die_again_and_again_are_a_sentence(
    student: Path, workers: RayWorkers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers that died at every beginning ended the training with one sentence."""
    import ray

    train = WorkerGroup.train

    def killed(self: WorkerGroup, job: Any) -> Any:
        tasks = train(self, job)
        ray.kill(self._actors[1])
        return tasks

    monkeypatch.setattr(WorkerGroup, "train", killed)
    with pytest.raises(UserError) as caught:
        trained(student, tmp_path / "there", workers, processes=2)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.startswith("train test: workers were lost 3 times without a checkpoint between (node ")
    assert "was lost: ActorDiedError" in sentence


@pytest.mark.soak
@pytest.mark.extras
def test_an_error_of_the_training_is_its_own_sentence(student: Path, workers: RayWorkers, tmp_path: Path) -> None:
    """What a worker found wrong with the training came back as one sentence."""
    with pytest.raises(UserError, match="none of 24 pairs can be trained on"):
        trained(student, tmp_path / "short", workers, processes=2, max_length=16)
    with pytest.raises(UserError, match=r"Node .* raise train\.skip_surprising"):
        trained(student, tmp_path / "surprising", workers, processes=2, skip_surprising=1e-6)


def test_workers_that_would_compute_otherwise_are_refused() -> None:
    first = Readiness("a", "10.0.0.1", "processor", "float32")
    _check_alike([first, first._replace(node="b")])
    with pytest.raises(UserError, match=r"Node a would train in float32 and node b in bfloat16: set train\.precision"):
        _check_alike([first, first._replace(node="b", precision="bfloat16")])
    with pytest.raises(UserError, match="Node a would train on its processor and node b on its GPU"):
        _check_alike([first, first._replace(node="b", device="GPU")])
