"""A store says which format its keys have; what a newer release made is left alone."""

import json
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.store import Store
from secondhalf.store.format import FORMAT, read_format


def test_the_first_stage_writes_the_format(tmp_path: Path):
    root = tmp_path / "store"
    assert read_format(root) is None
    Store(root).make("clean", (1,), {}, {}, lambda stage: {})
    assert json.loads((root / "store.json").read_text("utf-8")) == {"format": FORMAT} == {"format": read_format(root)}
    assert not list(root.rglob("*.tmp"))
    assert not Store(root).of_format_1


@pytest.mark.parametrize(
    ("text", "message"),
    [('{"format": 3}', "made by a newer secondhalf.*: upgrade"), ("", "is damaged"), ("[]", "is damaged")],
)
def test_another_format_is_left_alone(tmp_path: Path, text: str, message: str):
    (tmp_path / "store.json").write_text(text, "utf-8")
    for use in (
        lambda store: store.make("clean", (1,), {}, {}, lambda stage: {}),
        lambda store: store.prune(set()),
        lambda store: store.of_format_1,
    ):
        with pytest.raises(UserError, match=message):
            use(Store(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["store.json"]


def test_a_store_is_known_by_its_format_or_by_the_journal_that_was_there_before(tmp_path: Path):
    store = Store(tmp_path)
    kept = store.make("clean", (1,), {"a": 1}, {}, lambda stage: {})
    removed = store.make("clean", (1,), {"a": 2}, {}, lambda stage: {})
    keep = {kept.path.resolve()}
    (tmp_path / "store.json").unlink()
    with pytest.raises(UserError, match=r"no store of secondhalf \(no store\.json is in it\)"):
        store.prune(keep)
    (tmp_path / "journal.sqlite").touch()
    assert [stage.key for stage in store.prune(keep)] == [removed.key]
