"""What no run uses goes to the trash and later for good; nothing else is touched."""

import multiprocessing
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.store import Stage, Store
from secondhalf.store.lock import locked
from secondhalf.store.prune import check_store, move_to_trash, old_trash, remove_for_good, size_of, unused_stages


def _stage(store: Store, number: int) -> Stage:
    return store.make("clean", (1,), {"a": number}, {}, lambda stage: {})


def _prune(store: Store, keep: set[Path]) -> list[Stage]:
    check_store(store.root)
    return move_to_trash(store, unused_stages(store, keep), lambda: keep)


def _everything(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def test_what_is_unused_goes_to_the_trash_and_comes_back_by_hand(tmp_path: Path):
    store = Store(tmp_path / "store")
    kept, removed = _stage(store, 1), _stage(store, 2)
    before = {path.name: path.read_bytes() for path in removed.path.iterdir()}
    [moved] = _prune(store, {kept.path.resolve()})
    assert kept.whole
    assert not removed.path.exists()
    assert moved.path.parent.parent.parent == store.root / "trash"
    assert {path.name: path.read_bytes() for path in moved.path.iterdir()} == before
    assert [stage.key for stage in store.stages()] == [kept.key]
    moved.path.rename(removed.path)
    assert _stage(store, 2).manifest == moved.manifest if moved.whole else removed.whole


def test_what_is_old_in_the_trash_goes_for_good_and_nothing_else_there(tmp_path: Path):
    store = Store(tmp_path / "store")
    kept = _stage(store, 1)
    _stage(store, 2)
    [moved] = _prune(store, {kept.path.resolve()})
    dated = moved.path.parent.parent
    assert old_trash(store, timedelta(minutes=1)) == []
    time = datetime.now(UTC) - timedelta(days=31)
    aged = dated.rename(dated.with_name(f"{time:%Y%m%dT%H%M%SZ}"))
    for name in ("notes.txt", f"{aged.name}/mine/0123456789abcdef/precious", "20200101T000000Z/clean/notes"):
        (store.root / "trash" / name).parent.mkdir(parents=True, exist_ok=True)
        (store.root / "trash" / name).touch()
    (aged / "clean" / "fedcba9876543210").symlink_to(kept.path)
    old = old_trash(store, timedelta(days=30))
    assert [stage.path for stage in old] == [aged / "clean" / moved.key]
    before = _everything(store.root)
    gone = {old[0].path, *_everything(old[0].path)}
    remove_for_good(old)
    assert before - _everything(store.root) == gone
    assert kept.whole


@pytest.mark.parametrize("left", [{".lock"}, {".lock", "part-00000.parquet"}])
def test_what_a_kill_left_of_a_removal_is_still_removed(tmp_path: Path, left: set[str]):
    store = Store(tmp_path / "store")
    kept = _stage(store, 1)
    (_stage(store, 2).path / "part-00000.parquet").touch()
    [moved] = _prune(store, {kept.path.resolve()})
    for path in moved.path.iterdir():
        if path.name not in left:
            path.unlink()
    remove_for_good(old_trash(store, timedelta(0)))
    assert list((store.root / "trash").iterdir()) == []


def test_a_folder_that_is_no_store_is_refused(tmp_path: Path):
    for name in (".git/objects/0a", ".git/objects/pack", "photos/0123456789abcdef"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / ".lock").touch()
    before = _everything(tmp_path)
    with pytest.raises(UserError, match="is no store"):
        _prune(Store(tmp_path), set())
    assert _everything(tmp_path) == before


def test_nothing_is_touched_that_no_store_made(tmp_path: Path):
    elsewhere = _stage(Store(tmp_path / "elsewhere"), 9)
    store = Store(tmp_path / "store")
    kept, removed = _stage(store, 1), _stage(store, 2)
    (store.root / "journal.sqlite").touch()
    for name in ("photos/2024", "clean/notes", "photos/0123456789abcdef", "photos/00000000000000aa"):
        (store.root / name).mkdir(parents=True)
        (store.root / name / "precious").touch()
    (store.root / "photos/0123456789abcdef/.lock").touch()
    (store.root / "photos/00000000000000aa/manifest.json").write_text('{"format": 1}', "utf-8")
    (store.root / "linked").symlink_to(elsewhere.path.parent)
    (store.root / "clean" / "fedcba9876543210").symlink_to(elsewhere.path)
    outside = tmp_path / "outside"
    outside.touch()
    (removed.path / "linked").symlink_to(outside)
    before, inside = _everything(store.root), {removed.path, *_everything(removed.path)}
    [moved] = _prune(store, {kept.path.resolve()})
    assert before - _everything(store.root) == inside
    remove_for_good([moved])
    assert elsewhere.whole
    assert outside.exists()


def test_a_trash_that_is_a_link_is_not_used(tmp_path: Path):
    store = Store(tmp_path / "store")
    stage = _stage(store, 1)
    (tmp_path / "elsewhere").mkdir()
    (store.root / "trash").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="is a link"):
        _prune(store, set())
    assert stage.whole
    assert old_trash(store, timedelta(0)) == []


def _make_slowly(root: Path, begun, go_on) -> None:
    def work(stage: Stage) -> dict[str, object]:
        begun.set()
        go_on.wait(30)
        return {}

    assert Store(root).make("clean", (1,), {"a": 2}, {}, work).whole


def test_a_stage_that_another_process_is_making_stays(tmp_path: Path):
    store = Store(tmp_path / "store")
    unused = _stage(store, 1)
    spawn = multiprocessing.get_context("spawn")
    begun, go_on = spawn.Event(), spawn.Event()
    other = spawn.Process(target=_make_slowly, args=(store.root, begun, go_on))
    other.start()
    assert begun.wait(30)
    assert [stage.key for stage in _prune(store, set())] == [unused.key]
    go_on.set()
    other.join(30)
    assert other.exitcode == 0


def test_what_is_used_is_asked_again_when_no_one_can_begin_to_use_it(tmp_path: Path):
    store = Store(tmp_path / "store")
    planned = [_stage(store, 1)]

    def used() -> set[Path]:
        with pytest.raises(UserError, match="held"), locked(store.root / ".lock", "held", shared=True):
            pass
        return {planned[0].path.resolve()}

    assert move_to_trash(store, planned, used) == []
    assert planned[0].whole


def test_two_prunes_within_a_second_keep_both(tmp_path: Path):
    store = Store(tmp_path / "store")
    keys = []
    for _ in range(3):
        _stage(store, 2)
        keys += [stage.path for stage in _prune(store, set())]
    assert len(set(keys)) == 3
    assert all(path.is_dir() for path in keys)
    shutil.rmtree(store.root / "trash")
    assert size_of(_stage(store, 2)) > 0
