"""What was pushed comes back byte for byte; what is damaged, missing or another's does not."""

import json
from pathlib import Path
from typing import Any

import pytest

from secondhalf import api
from secondhalf.cli import main
from secondhalf.errors import UserError
from secondhalf.store import Store
from secondhalf.store.checksums import _own, checksum, find_damage
from secondhalf.store.remote import objects
from secondhalf.store.remote.exchange import pull, push
from secondhalf.store.remote.objects import ObjectFolder
from support.recipes import tiny_recipe

URL = "memory://bucket/team"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    recipe = api.load(tiny_recipe(folder / "tiny.yaml"))
    api.run(recipe, until="audit", runs=folder / "runs", store=folder / "store")
    return folder


def _files(folder: Path) -> dict[str, bytes]:
    left_out = {".lock", "checksums.txt"}
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for name in ("store", "runs")
        for path in sorted((folder / name).rglob("*"))
        if path.is_file() and path.name not in left_out and "sqlite" not in path.name and "used-by" not in path.parts
    }


def _push(folder: Path, url: str = URL) -> dict[str, int]:
    return push(Store(folder / "store"), folder / "runs", url)


def _pull(folder: Path, url: str = URL) -> dict[str, int]:
    return pull(Store(folder / "store"), folder / "runs", url)


def test_stages_and_runs_come_back_as_they_were(made: Path, tmp_path: Path) -> None:
    assert _push(made) == {"stages": 8, "runs": 1}
    assert _pull(tmp_path) == {"stages": 8, "runs": 1}
    assert _files(tmp_path) == _files(made)
    assert all(find_damage(stage.path) is None for stage in Store(tmp_path / "store").stages())
    assert _pull(tmp_path) == {"stages": 0, "runs": 0}
    # The run that came is one: carried on, it makes nothing anew.
    again = api.run(api.load(made / "tiny.yaml"), until="audit", runs=tmp_path / "runs", store=tmp_path / "store")
    assert _files(tmp_path) == _files(made)
    assert again.stages()


def test_a_push_goes_on_where_it_stopped(made: Path, memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    put = type(memory).put_file

    def counted(self: Any, here: str, there: str, **options: Any) -> None:
        if len(sent) == 5:
            raise KeyboardInterrupt
        sent.append(there)
        put(self, here, there, **options)

    monkeypatch.setattr(type(memory), "put_file", counted)
    with pytest.raises(KeyboardInterrupt):
        _push(made)
    assert len(sent) == 5
    monkeypatch.setattr(
        type(memory), "put_file", lambda self, here, there, **o: (sent.append(there), put(self, here, there, **o))[1]
    )
    _push(made)
    assert len(sent) == len(set(sent))  # nothing twice
    before = len(sent)
    _push(made)
    assert len(sent) == before


def test_the_first_of_two_writers_counts(memory: Any) -> None:
    folder = ObjectFolder(URL)
    assert folder.write_first("stages/clean/0.json", b"first") == b"first"
    assert folder.write_first("stages/clean/0.json", b"second") == b"first"
    assert folder.read("stages/clean/0.json") == b"first"


def test_faults_are_tried_again_and_then_told(made: Path, memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put, calls = type(memory).put_file, []

    def busy(self: Any, here: str, there: str, **options: Any) -> None:
        calls.append(there)
        if len(calls) % 4:
            raise OSError("503 Slow Down for https://name:hunter22@bucket")
        put(self, here, there, **options)

    monkeypatch.setattr(type(memory), "put_file", busy)
    assert _push(made)["stages"] == 8
    memory.store.clear()
    monkeypatch.setattr(objects, "_ATTEMPTS", 2)
    with pytest.raises(UserError, match=r"could not be written \(503 Slow Down.*give the same command again") as caught:
        _push(made)
    assert "hunter22" not in str(caught.value)


def test_wrong_credentials_are_told_at_once(made: Path, memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError("Access Denied")

    monkeypatch.setattr(type(memory), "put_file", refuse)
    with pytest.raises(UserError, match="may not be written with the credentials that its driver finds"):
        _push(made)


def test_what_is_damaged_there_does_not_come(made: Path, tmp_path: Path, memory: Any) -> None:
    _push(made)
    name = next(name for name in memory.store if "/files/" in name)
    content = memory.store[name].getvalue()
    memory.pipe_file(name, bytes([content[0] ^ 1]) + content[1:])
    with pytest.raises(UserError, match="is damaged"):
        _pull(tmp_path)
    memory.pipe_file(name, content)
    manifest = next(name for name in memory.store if "/stages/" in name)
    whole = memory.cat_file(manifest)
    memory.pipe_file(manifest, whole.replace(b'"rows"', b'"rowz"'))
    with pytest.raises(UserError, match="damaged, or no stage of ours"):
        _pull(tmp_path)
    memory.pipe_file(manifest, whole)
    _pull(tmp_path)
    assert _files(tmp_path) == _files(made)


def test_a_listing_that_is_late_loses_no_stage_of_a_run(
    made: Path, tmp_path: Path, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _push(made)
    find = type(memory).find
    monkeypatch.setattr(
        type(memory), "find", lambda self, path, **o: [p for p in find(self, path, **o) if "/audit/" not in p]
    )
    assert _pull(tmp_path)["stages"] < 8
    assert _files(tmp_path) == _files(made)


@pytest.mark.parametrize("name", ["../../outside", "/etc/outside", "."])
def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path, memory: Any) -> None:
    memory.pipe_file("/bucket/team/runs/evil.json", json.dumps({"files": {name: "0", "recipe.yaml": "0"}}).encode())
    with pytest.raises(UserError, match="names a file outside its folder"):
        _pull(tmp_path)
    assert not (tmp_path / "outside").exists()


def _sealed(stage: str, key: str, checksums: object) -> bytes:
    manifest = {"stage": stage, "key": key, "checksums": checksums}
    return json.dumps({**manifest, "checksum": _own(manifest)}).encode()


OWNED = b"owned"


@pytest.mark.parametrize("name", ["../outside", "clean/../../outside", "clean/x/y", "trash/0123456789abcdef", "clean/"])
def test_no_stage_is_written_outside_the_store_however_it_is_named(name: str, tmp_path: Path, memory: Any) -> None:
    kind, _, key = name.partition("/")
    memory.pipe_file(f"/bucket/team/files/{checksum(OWNED)}", OWNED)
    memory.pipe_file(f"/bucket/team/stages/{name}.json", _sealed(kind, key, {"a": checksum(OWNED)}))
    with pytest.raises(UserError, match="names a stage"):
        _pull(tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == OWNED]


@pytest.mark.parametrize(
    "links",
    [{"corpus": {"stage": "../outside/x"}}, {"corpus": {"stage": "clean/../../outside"}}, [], {"a": 1}, {"a": {}}, "x"],
)
def test_no_link_of_a_run_leads_out_of_the_store(
    links: Any, tmp_path: Path, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the run's links name is looked for where the listing left it out."""
    written = json.dumps(links).encode()
    for content in (OWNED, written):
        memory.pipe_file(f"/bucket/team/files/{checksum(content)}", content)
    files = {"recipe.yaml": checksum(OWNED), "stages.json": checksum(written)}
    memory.pipe_file("/bucket/team/runs/evil.json", json.dumps({"files": files}).encode())
    monkeypatch.setattr(
        ObjectFolder, "read", _with(ObjectFolder.read, _sealed("..", "outside/x", {"a": checksum(OWNED)}))
    )
    with pytest.raises(UserError, match=r"names a stage|is damaged: push that run again"):
        _pull(tmp_path)
    assert not (tmp_path / "outside").exists()


def _with(read: Any, manifest: bytes) -> Any:
    return lambda self, name: manifest if name.startswith("stages/") else read(self, name)


@pytest.mark.parametrize(
    "listing",
    ["[" * 100_000, '{"files": "abc"}', '{"files": {"a\\u0000b": "0"}}', '{"files": {"\\ud800": "0"}}', '{"files": {}}',
     json.dumps({"files": {"a" * 300: "0"}}), '{"files": {"recipe.yaml": 5}}', '{"files": {"recipe.yaml": "../x"}}', "5"],
)  # fmt: skip
def test_a_hostile_listing_of_a_run_is_a_sentence(listing: str, tmp_path: Path, memory: Any) -> None:
    memory.pipe_file("/bucket/team/runs/evil.json", listing.encode())
    with pytest.raises(UserError, match=r"memory://bucket/team"):
        _pull(tmp_path)
    assert not (tmp_path / "runs" / "evil").exists()


def test_databases_of_review_and_endpoint_stay_here(tmp_path: Path, memory: Any) -> None:
    """They hold passwords' hashes and clients' words, and may be written to while they are read."""
    run = tmp_path / "here" / "runs" / "mine"
    for name in ("recipe.yaml", "review/review.sqlite", "serve/serve.sqlite-wal", "serve/notes.txt"):
        (run / name).parent.mkdir(parents=True, exist_ok=True)
        (run / name).write_text(name)
    Store(tmp_path / "here" / "store").mark()
    _push(tmp_path / "here")
    listed = json.loads(memory.cat_file("/bucket/team/runs/mine.json"))["files"]
    assert set(listed) == {"recipe.yaml", "serve/notes.txt"}


def test_an_empty_or_strange_url_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no stages and no runs"):
        _pull(tmp_path, "memory://nothing")
    with pytest.raises(UserError, match=r"could not be opened|needs its fsspec driver"):
        _pull(tmp_path, "nosuch://bucket")


def test_the_command_pushes_to_a_folder_too(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"file://{tmp_path}/there"
    where = ["--store", str(made / "store"), "--runs", str(made / "runs")]
    assert main(["store", "--push", url, *where, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"stages": 8, "runs": 1}
    here = ["--store", str(tmp_path / "store"), "--runs", str(tmp_path / "runs")]
    assert main(["store", "--pull", url, *here]) == 0
    assert "8 stages and 1 runs came." in capsys.readouterr().out
    assert _files(tmp_path) == _files(made)


def test_a_driver_that_cannot_list_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"could not be .*: look to the address"):
        _pull(tmp_path, "data:,abc")


def test_what_a_run_writes_while_it_is_pushed_spoils_no_object(
    tmp_path: Path, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An object under the name of one content with another in it would be taken for good by every push after it."""
    run = tmp_path / "runs" / "mine"
    run.mkdir(parents=True)
    (run / "recipe.yaml").write_text("name: before\n")
    (run / "gone.md").write_text("a page")
    send = ObjectFolder.send

    def write_and_send(self: ObjectFolder, name: str, file: Path) -> None:
        (run / "recipe.yaml").write_text("name: after\n")
        (run / "gone.md").unlink(missing_ok=True)
        send(self, name, file)

    monkeypatch.setattr(ObjectFolder, "send", write_and_send)
    store = Store(tmp_path / "store")
    store.mark()
    push(store, tmp_path / "runs", URL)
    files = [path for path in memory.find("memory://bucket/team/files") if memory.cat_file(path)]
    assert files
    assert all(path.rpartition("/")[2] == checksum(memory.cat_file(path)) for path in files)


def test_a_listing_without_end_is_a_sentence(tmp_path: Path, memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "_MOST_READ", 100)
    memory.pipe_file("memory://bucket/team/runs/mine.json", b" " * 101)
    with pytest.raises(UserError, match=r"runs/mine\.json is damaged, or none of ours: it has 101 bytes"):
        pull(Store(tmp_path / "store"), tmp_path / "runs", URL)
