"""What goes wrong on nodes is one sentence with the node's name; a call that hangs is done elsewhere."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from secondhalf.errors import UserError
from secondhalf.models.chat.batch_tokenizer import BatchTokenizer
from secondhalf.store import Stage
from secondhalf.store.cluster.calls import make_call
from secondhalf.store.cluster.connection import connect, disconnect
from secondhalf.store.cluster.node import code
from secondhalf.store.cluster.pool import RayPool
from secondhalf.store.cluster.settings import ClusterSettings
from secondhalf.store.cluster.workers import RayWorkers
from support.clusters import cluster_of

pytestmark = pytest.mark.extras


@pytest.fixture(scope="module")
def pool() -> Iterator[RayPool]:
    with cluster_of(3) as cluster:
        assert connect(cluster.address)
        with RayPool(600) as pool:
            yield pool
        disconnect()


def _error(future: "Future[Any]") -> str:
    with pytest.raises(UserError) as caught:
        future.result(timeout=300)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_results_and_exceptions_are_those_of_the_function(pool: RayPool) -> None:
    table = pa.table({"id": ["a", "b"]})
    assert list(pool.map(lambda shard, n: shard.num_rows + n, [table, table], [1, 2])) == [3, 4]
    with pytest.raises(ZeroDivisionError):
        pool.submit(lambda: 1 / 0).result(timeout=60)


def test_a_fault_on_a_node_names_the_node(pool: RayPool) -> None:
    def refuse() -> None:
        raise UserError("split.tokenizer: there is no such model: name another.")

    def read() -> bytes:
        return Path("/no/such/model.bin").read_bytes()

    assert _error(pool.submit(refuse)).startswith("Node ")
    assert "split.tokenizer: there is no such model" in _error(pool.submit(refuse))
    missing = _error(pool.submit(read))
    assert missing.startswith("Node ")
    assert "/no/such/model.bin" in missing
    assert "under the same path on every node" in missing


def test_a_node_with_other_packages_is_named(pool: RayPool, monkeypatch: pytest.MonkeyPatch) -> None:
    import ray

    monkeypatch.setattr(pool, "_expected", ray.put({**code(), "numpy": "0.1", "Python": "2.7"}))
    sentence = _error(pool.submit(lambda: 1))
    assert sentence.startswith("Node ")
    assert f"Python {code()['Python']} instead of 2.7, numpy {code()['numpy']} instead of 0.1" in sentence


def test_a_node_without_the_package_is_named(pool: RayPool, monkeypatch: pytest.MonkeyPatch) -> None:
    import ray

    call = make_call()

    def without_package(*arguments: Any) -> Any:
        import sys

        sys.modules["secondhalf.store.cluster.node"] = None  # type: ignore[assignment]
        yield from call(*arguments)

    monkeypatch.setattr(pool, "_task", ray.remote(max_calls=1, num_returns="streaming")(without_package))
    sentence = _error(pool.submit(lambda: 1))
    assert sentence.startswith("Node ")
    assert "has not the package secondhalf" in sentence


def test_a_call_that_hangs_is_given_to_another_worker(pool: RayPool, tmp_path: Path) -> None:
    begun = tmp_path / "begun"

    def hang_once() -> str:
        if not begun.exists():
            begun.touch()
            time.sleep(600)
        return "done"

    with RayPool(8) as impatient:
        assert impatient.submit(hang_once).result(timeout=300) == "done"
    with RayPool(2) as impatient:
        future = impatient.submit(time.sleep, 600)
        assert "did not come back within 0.0333333 minutes from 3 workers" in _error(future)


def test_a_call_that_waits_for_a_core_does_not_hang(
    pool: RayPool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wait_until_released = _held_until(tmp_path / "release")
    held = [pool.submit(wait_until_released) for _ in range(3)]
    with RayPool(1) as impatient:
        waiting = impatient.submit(lambda: "done")
        time.sleep(5)  # longer than the three attempts of a call that hangs
        assert not waiting.done()
        (tmp_path / "release").touch()
        assert waiting.result(timeout=300) == "done"
    assert [future.result(timeout=300) for future in held] == ["released"] * 3
    assert "given to another worker" not in caplog.text


def _held_until(path: Path) -> Callable[[], str]:
    def wait() -> str:
        while not path.exists():
            time.sleep(0.1)
        return "released"

    return wait


def test_pairs_are_tokenised_as_here(pool: RayPool, student: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    from secondhalf.rows import Pair, to_table
    from secondhalf.train.dataset import tokenise_pairs
    from secondhalf.train.settings import TrainSettings
    from secondhalf.train.tokens import Encoder

    tokenizer = AutoTokenizer.from_pretrained(student)
    pairs = [
        Pair(f"{n}-a", f"{n}", "sentence", "en", f"The {n}th bridge", "", f"spans a river. {n}", finish="stop")
        for n in range(90)
    ]
    shards = [to_table(Pair, pairs[:50]), to_table(Pair, pairs[50:])]
    workers = RayWorkers(ClusterSettings())
    workers._connected = True
    for batch in (None, BatchTokenizer(tokenizer)):
        written = []
        for name, where in (("here", {}), ("there", {"workers": workers})):
            folder = tmp_path / f"{name}-{batch is None}"
            tokenise_pairs(shards, Encoder(tokenizer, TrainSettings(), batch), Stage(folder), 90, "test", **where)
            written.append({path.name: path.read_bytes() for path in folder.rglob("*-*.*")})
        assert written[0] == written[1]
        assert len(written[0]) == 6
