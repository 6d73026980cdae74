"""A store says which format its keys have; what a newer release made is left alone."""

import json
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.store import Store
from secondhalf.store.format import FORMAT, is_marked, read_format
from secondhalf.store.prune import check_store


def test_the_first_stage_writes_the_format(tmp_path: Path):
    root = tmp_path / "store"
    assert read_format(root) is None
    Store(root).make("clean", (1,), {}, {}, lambda stage: {})
    content = json.loads((root / "store.json").read_text("utf-8"))
    assert content == {"format": FORMAT, "made_by": "secondhalf"}
    assert read_format(root) == FORMAT
    assert not list(root.rglob("*.tmp"))
    assert not Store(root).of_format_1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"format": 3}', "made by a newer secondhalf.*: upgrade"),
        ("", "no store's, or it is damaged"),
        ('{"items": []}', "no store's, or it is damaged: name another --store"),
        ('{"format": 1e999}', "no store's, or it is damaged"),
        ('{"format": 0}', "no store's, or it is damaged"),
        ("[" * 100_000, "no store's, or it is damaged"),
    ],
)
def test_another_format_is_left_alone(tmp_path: Path, text: str, message: str):
    (tmp_path / "store.json").write_text(text, "utf-8")
    for use in (
        lambda store: store.make("clean", (1,), {}, {}, lambda stage: {}),
        lambda store: check_store(store.root),
        lambda store: store.of_format_1,
    ):
        with pytest.raises(UserError, match=message):
            use(Store(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["store.json"]


@pytest.mark.parametrize("mark", ["format only", "none"])
def test_a_store_of_before_is_known_by_what_stands_in_it_and_marked_then(tmp_path: Path, mark: str):
    stage = Store(tmp_path / "store").make("clean", (1,), {}, {}, lambda stage: {})
    file = tmp_path / "store" / "store.json"
    if mark == "none":
        file.unlink()
    else:
        file.write_text(f'{{"format": {FORMAT}}}', "utf-8")
    for path in (tmp_path / "store", stage.path.parent, stage.path, stage.path / "manifest.json"):
        path.chmod(0o755)
    assert not is_marked(tmp_path / "store")
    check_store(tmp_path / "store")
    assert is_marked(tmp_path / "store")
    assert {path.stat().st_mode & 0o077 for path in [tmp_path / "store", *(tmp_path / "store").rglob("*")]} == {0}


@pytest.mark.parametrize(
    "files",
    [
        {"notes.txt": "", "clean/0123456789abcdef/.lock": ""},
        {"store.json": '{"format": 2, "theme": "dark"}'},
        {"objects/0123456789abcdef/manifest.json": '{"stage": "clean", "key": "0123456789abcdef"}'},
        {"journal.sqlite": ""},
    ],
)
def test_a_folder_that_is_no_store_is_not_taken_for_one(tmp_path: Path, files: dict[str, str]):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    before = {path: path.stat().st_mode for path in [tmp_path, *tmp_path.rglob("*")]}
    with pytest.raises(UserError, match="is no store of secondhalf"):
        check_store(tmp_path)
    assert {path: path.stat().st_mode for path in [tmp_path, *tmp_path.rglob("*")]} == before


def test_no_store_is_begun_among_other_things(tmp_path: Path):
    (tmp_path / "thesis").mkdir()
    with pytest.raises(UserError, match=r"holds other things \(thesis\) and is no store"):
        Store(tmp_path).make("clean", (1,), {}, {}, lambda stage: {})
    assert [path.name for path in tmp_path.iterdir()] == ["thesis"]


def test_a_mark_that_is_a_link_marks_nothing(tmp_path: Path):
    Store(tmp_path / "store").mark()
    (tmp_path / "other" / "clean").mkdir(parents=True)
    (tmp_path / "other" / "store.json").symlink_to(tmp_path / "store" / "store.json")
    with pytest.raises(UserError, match="is no store"):
        check_store(tmp_path / "other")


@pytest.mark.parametrize(("begun", "step"), [(False, 1), (True, 7)])
def test_whatever_bit_of_the_mark_flips_a_sentence_says_what_to_write(tmp_path: Path, begun: bool, step: int):
    store = Store(tmp_path / "store")
    store.mark()
    if begun:
        store.make("clean", (1,), {}, {}, lambda stage: {})
    path = tmp_path / "store" / "store.json"
    whole, sentences = path.read_bytes(), []
    for bit in range(0, 8 * len(whole), step):
        data = bytearray(whole)
        data[bit // 8] ^= 1 << bit % 8
        path.write_bytes(data)
        try:
            store.mark()
        except UserError as error:
            sentences.append(str(error))
            path.write_text(f'{{"format": {FORMAT}}}', "utf-8")
            store.mark()
        assert is_marked(store.root)
    assert sentences
    for sentence in sentences:
        assert str(path) in sentence
        assert f'write {{"format": {FORMAT}}} into that file' in sentence
