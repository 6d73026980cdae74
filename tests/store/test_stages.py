"""Keys, atomic parts, manifests, locks, pruning."""

import multiprocessing
import time
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.rows import Document, from_table, to_table, with_reasons
from secondhalf.store import Stage, Store
from secondhalf.store.lock import locked
from secondhalf.store.mapper import map_table
from secondhalf.store.stage import stage_key


def _documents(count: int):
    return to_table(Document, [Document(f"{i:04d}", f"text {i}", "test") for i in range(count)])


def _keep_even(shard):
    rows = from_table(Document, shard)
    kept = to_table(Document, [row for row in rows if int(row.id) % 2 == 0])
    refused = to_table(Document, [row for row in rows if int(row.id) % 2])
    from secondhalf.rows import Verdict

    verdicts = [Verdict(row.id, "even", False, 1.0, "odd") for row in rows if int(row.id) % 2]
    return kept, with_reasons(refused, verdicts), to_table(Verdict, verdicts)


def _folder(store: Store, inputs: dict[str, str]) -> Path:
    folder = store.stage("answers", stage_key((1,), {}, inputs)).path
    folder.mkdir()
    return folder


def test_key_depends_on_version_settings_and_inputs_only():
    base = stage_key((1,), {"a": 1, "b": 2}, {"x": "1"})
    assert base == stage_key((1,), {"b": 2, "a": 1}, {"x": "1"})
    assert (
        len(
            {
                base,
                stage_key((2,), {"a": 1, "b": 2}, {"x": "1"}),
                stage_key((1,), {"a": 2, "b": 2}, {"x": "1"}),
                stage_key((1,), {"a": 1, "b": 2}, {"x": "2"}),
            }
        )
        == 4
    )


def test_a_whole_stage_is_not_made_again(tmp_path: Path):
    store, calls = Store(tmp_path), []

    def work(stage: Stage):
        calls.append(stage.key)
        stage.write("part", 0, _documents(3))
        return {"rows": 3}

    first = store.make("clean", (1,), {}, {}, work)
    assert store.make("clean", (1,), {}, {}, work).key == first.key
    assert len(calls) == 1
    assert first.manifest["rows"] == 3
    assert {"revision", "packages", "machine", "seconds"} <= first.manifest.keys()


def test_what_is_missing_of_several_is_made_at_once(tmp_path: Path):
    store, seen = Store(tmp_path), []

    def work(missing: dict[int, Stage]):
        seen.append(list(missing))
        return [{"rows": index} for index in missing]

    old = store.make("answers", (1,), {}, {"adapter": "b"}, lambda stage: {"rows": 9})
    inputs = [{"adapter": name} for name in ("a", "b", "c", "a")]
    stages = store.make_together("answers", (1,), {}, inputs, work)
    assert seen == [[0, 2]]
    assert [stage.manifest["rows"] for stage in stages] == [0, 9, 2, 0]
    assert [stage.manifest["inputs"] for stage in stages] == inputs
    assert stages[1].key == old.key
    assert len({stage.manifest["seconds"] for stage in (stages[0], stages[2])}) == 1  # of both, shared alike
    assert [one.key for one in store.make_together("answers", (1,), {}, inputs, work)] == [one.key for one in stages]
    assert seen == [[0, 2]]
    # One that another process makes stops all, before anything is done.
    busy = [{"adapter": "d"}, {"adapter": "e"}]
    with (
        locked(_folder(store, busy[1]) / ".lock", ""),
        pytest.raises(UserError, match="Another process is making answers/"),
    ):
        store.make_together("answers", (1,), {}, busy, work)
    assert store.make_together("answers", (1,), {}, busy, work)[0].whole


def test_a_failed_stage_is_not_whole_and_goes_on_at_its_part(tmp_path: Path):
    store, seen = Store(tmp_path), []

    def failing(shard):
        seen.append(shard.num_rows)
        if len(seen) == 2:
            raise RuntimeError("killed")
        return _keep_even(shard)

    with pytest.raises(RuntimeError):
        store.make("clean", (1,), {}, {}, lambda stage: map_table(stage, _documents(2500), failing, "clean"))
    stage = store.make("clean", (1,), {}, {}, lambda stage: map_table(stage, _documents(2500), failing, "clean"))
    # The first part was not asked for again: 1000, 1000 (failed), then 1000 and 500.
    assert seen == [1000, 1000, 1000, 500]
    assert stage.manifest["rows_in"] == stage.manifest["rows"] + stage.manifest["rejected"] == 2500
    assert stage.read().column("id").to_pylist() == [f"{i:04d}" for i in range(0, 2500, 2)]


def test_a_batch_that_loses_rows_is_an_error(tmp_path: Path):
    def losing(shard):
        kept, refused, verdicts = _keep_even(shard)
        return kept, refused.slice(0, 0), verdicts

    with pytest.raises(UserError, match="lost or invented"):
        Store(tmp_path).make("clean", (1,), {}, {}, lambda stage: map_table(stage, _documents(10), losing, "clean"))


def test_equal_work_gives_equal_bytes(tmp_path: Path):
    def work(stage: Stage):
        return map_table(stage, _documents(1500), _keep_even, "clean")

    one = Store(tmp_path / "one").make("clean", (1,), {}, {}, work)
    two = Store(tmp_path / "two").make("clean", (1,), {}, {}, work)
    names = sorted(path.name for path in one.path.glob("*.parquet"))
    assert len(names) == 6
    assert all((one.path / name).read_bytes() == (two.path / name).read_bytes() for name in names)


def _make(root: Path, start):
    def work(stage: Stage):
        with (root / "made").open("a") as made:
            made.write("once\n")
        time.sleep(0.3)
        return {"rows": 1}

    start.wait(30)
    stages = Store(root, wait=True).make_together(
        "answers", (1,), {}, [{"of": "b"}, {"of": "a"}], lambda all: [work(one) for one in all.values()]
    )
    assert [stage.whole for stage in stages] == [True, True]


def test_a_store_that_waits_makes_nothing_twice(tmp_path: Path):
    spawn = multiprocessing.get_context("spawn")
    start = spawn.Event()
    others = [spawn.Process(target=_make, args=(tmp_path, start)) for _ in range(3)]
    for other in others:
        other.start()
    start.set()
    for other in others:
        other.join(60)
    assert [other.exitcode for other in others] == [0, 0, 0]
    assert (tmp_path / "made").read_text() == "once\nonce\n"


def _hold(path: Path, ready, done):
    with locked(path, "busy"):
        ready.set()
        done.wait(30)


def test_a_second_process_is_told_to_wait(tmp_path: Path):
    spawn = multiprocessing.get_context("spawn")
    ready, done = spawn.Event(), spawn.Event()
    other = spawn.Process(target=_hold, args=(tmp_path / "lock", ready, done))
    other.start()
    assert ready.wait(30)
    with pytest.raises(UserError, match="busy"), locked(tmp_path / "lock", "busy"):
        pass
    done.set()
    other.join()
    with locked(tmp_path / "lock", "busy"):
        pass


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("secondhalf.store.stage.write_table", full)
    with pytest.raises(UserError, match=r"No space left on device.*free disk space"):
        Store(tmp_path).make("clean", (1,), {}, {}, lambda stage: stage.write("part", 0, _documents(1)))
