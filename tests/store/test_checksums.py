"""What is not as it was written is noticed when it is read, moved aside and made again; what is older than checksums is read."""

import json
import os
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.rows import Document, to_table
from secondhalf.store import Stage, Store
from secondhalf.store.checksums import (
    CHECKSUMS_FILE,
    DamagedError,
    file_checksum,
    find_damage,
    read_manifest,
    record,
    recorded,
)
from secondhalf.store.recorded import read_recorded
from support.flips import flip

ROWS = to_table(Document, [Document(f"{i:04d}", f"text {i}", "test") for i in range(20)])


def _work(stage: Stage) -> dict[str, object]:
    for index in range(2):
        if not stage.has("part", index):
            stage.write("rejects", index, ROWS.slice(0, 0))
            stage.write("part", index, ROWS.slice(10 * index, 10))
    (stage.path / "adapter").mkdir(exist_ok=True)
    (stage.path / "adapter" / "weights.safetensors").write_bytes(bytes(range(256)))
    (stage.path / "log.jsonl").write_text('{"step": 1}\n', "utf-8")
    return {"rows": 20}


def _made(root: Path) -> Stage:
    return Store(root).make("train", (1,), {"a": 1}, {}, _work)


def _contents(stage: Stage) -> dict[str, bytes]:
    files = {str(path.relative_to(stage.path)): path for path in stage.path.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name != "manifest.json"}


def test_a_manifest_has_the_checksum_of_every_file_and_its_own(tmp_path: Path):
    stage = _made(tmp_path)
    assert stage.manifest["checksums"] == {
        name: file_checksum(stage.path / name) for name in _contents(stage) if name != ".lock"
    }
    assert len(stage.manifest["checksums"]) == 6
    assert stage.manifest["checksum"]
    assert not (stage.path / CHECKSUMS_FILE).exists()
    assert find_damage(stage.path) is None


NAMES = ["part-00001.parquet", "rejects-00000.parquet", "adapter/weights.safetensors", "log.jsonl", "manifest.json"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("harm", ["flip", "cut", "empty", "remove"])
def test_a_damaged_file_is_named_and_its_stage_made_again(tmp_path: Path, caplog, name: str, harm: str):
    stage = _made(tmp_path)
    whole, path = _contents(stage), stage.path / name
    if harm == "flip":
        flip(path, "a")
    elif harm == "remove":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[: -5 if harm == "cut" else 0])
    if (name, harm) != ("manifest.json", "remove"):  # that is a stage that is half made
        with pytest.raises(
            UserError, match=rf"{name} is damaged \(.*\): the next `secondhalf run` .* makes the stage again\."
        ):
            stage.check()
    damaged = path.read_bytes() if path.is_file() else None
    caplog.clear()
    again = _made(tmp_path)
    assert (again.path, _contents(again), find_damage(again.path)) == (stage.path, whole, None)
    aside = list((tmp_path / "damaged").rglob(path.name))
    if damaged is not None:
        assert [damages.read_bytes() for damages in aside] == [damaged]
        assert len(caplog.messages) == 1
        assert "It was moved to" in caplog.messages[0]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_what_is_no_file_is_never_waited_for(tmp_path: Path, kind: str):
    stage = _made(tmp_path)
    whole = _contents(stage)
    table, log = stage.path / "part-00001.parquet", stage.path / "log.jsonl"
    for path in (table, log):
        path.unlink()
        if kind == "device":
            path.symlink_to("/dev/zero")
        else:
            os.mkfifo(path) if kind == "pipe" else path.mkdir()
    for read in (
        stage.read, lambda: stage.read_part("part", 1), stage.rows, lambda: list(stage.batches(10)), stage.check,
        lambda: stage.checked(log),
    ):  # fmt: skip
        with pytest.raises(UserError, match="is damaged"):
            read()
    assert _contents(_made(tmp_path)) == whole


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", ["manifest.json", "recipe.yaml"])
def test_a_pipe_in_a_small_files_place_is_never_waited_for(tmp_path: Path, name: str):
    os.mkfifo(tmp_path / name)
    with pytest.raises((UserError, FileNotFoundError)):
        read_manifest(tmp_path) if name == "manifest.json" else read_recorded(tmp_path / name, "mend it.")


def test_a_small_file_without_a_checksum_that_is_no_text_is_a_sentence(tmp_path: Path):
    (tmp_path / "recipe.yaml").write_bytes(b"name: \xff\xfe")
    with pytest.raises(UserError, match=r"recipe\.yaml is damaged \(it is no UTF-8 at byte 6\): mend it\.$"):
        read_recorded(tmp_path / "recipe.yaml", "mend it.")


def test_tables_that_are_damaged_are_not_read(tmp_path: Path):
    stage = _made(tmp_path)
    flip(stage.path / "part-00001.parquet", "a")
    for read in (stage.read, stage.rows, lambda: list(stage.tables())):
        with pytest.raises(DamagedError, match=r"part-00001\.parquet"):
            read()
    assert stage.read("rejects").num_rows == 0
    (stage.path / "other-00000.parquet").write_bytes((stage.path / "part-00000.parquet").read_bytes())
    with pytest.raises(DamagedError, match=r"other-00000\.parquet is damaged \(its checksum"):
        stage.read("other")


@pytest.mark.parametrize("text", ["[]", "{}x", "[" * 100_000, '{"checksums": {}}', '{"checksum": ""}'])
def test_a_manifest_of_another_kind_is_damaged(tmp_path: Path, text: str):
    stage = _made(tmp_path)
    (stage.path / "manifest.json").write_text(text, "utf-8")
    with pytest.raises(DamagedError, match=r"manifest\.json is damaged"):
        _ = stage.manifest


def test_a_stage_of_before_there_were_checksums_is_used_as_it_is(tmp_path: Path):
    stage = _made(tmp_path)
    path = stage.path / "manifest.json"
    manifest = {name: value for name, value in stage.manifest.items() if name not in {"checksum", "checksums"}}
    path.write_text(json.dumps(manifest), "utf-8")
    before = path.stat().st_mtime_ns
    assert Store(tmp_path).make("train", (1,), {"a": 1}, {}, _work).read().equals(ROWS)
    assert path.stat().st_mtime_ns == before
    (stage.path / "part-00001.parquet").write_bytes(b"PAR1")
    with pytest.raises(DamagedError, match=r"part-00001\.parquet is damaged"):
        stage.read()


def test_a_half_made_stage_begins_anew_where_a_table_is_damaged_and_keeps_what_it_spent(tmp_path: Path):
    def killed(stage: Stage) -> dict[str, object]:
        (stage.path / "spent.json").write_text("{}", "utf-8")
        _work(stage)
        flip(stage.path / "rejects-00000.parquet", "a")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Store(tmp_path).make("train", (1,), {"a": 1}, {}, killed)
    stage = _made(tmp_path)
    assert stage.read().equals(ROWS)
    assert (stage.path / "spent.json").read_text("utf-8") == "{}"
    assert len(list((tmp_path / "damaged").glob(f"train-{stage.key}-*/*.parquet"))) == 4


def test_what_is_damaged_while_its_stage_is_made_ends_in_a_sentence(tmp_path: Path):
    def work(stage: Stage) -> dict[str, object]:
        counts = _work(stage)
        flip(stage.path / "part-00000.parquet", "a")
        return counts

    with pytest.raises(DamagedError, match=r"part-00000\.parquet"):
        Store(tmp_path).make("train", (1,), {"a": 1}, {}, work)
    assert _made(tmp_path).read().equals(ROWS)


def test_a_line_that_was_cut_spoils_no_other(tmp_path: Path):
    record(tmp_path, "a", "0" * 32)
    with (tmp_path / CHECKSUMS_FILE).open("a") as file:
        file.write("\n1111")
    record(tmp_path, "a", "2" * 32)
    record(tmp_path, "b c", "3" * 32)
    assert recorded(tmp_path) == {"a": {"0" * 32, "2" * 32}, "b c": {"3" * 32}}
