"""Addresses that name no place, faults here and there told apart, secrets in a driver's words, manifests that were cut short."""

import errno
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from fsspec.implementations.local import LocalFileSystem

from secondhalf.cli import main
from secondhalf.errors import UserError
from secondhalf.store import Stage, Store
from secondhalf.store.checksums import checksum
from secondhalf.store.remote import objects
from secondhalf.store.remote.exchange import pull, push
from secondhalf.store.remote.home import store_folder
from secondhalf.store.remote.names import files_named
from secondhalf.store.remote.objects import ObjectFolder

URL = "memory://bucket/team"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")

    def work(stage: Stage) -> dict[str, object]:
        stage.write("part", 0, pa.table({"a": [1]}))
        return {"rows": 1}

    store.make("clean", (1,), {}, {}, work)
    return store


@pytest.mark.parametrize(
    "url", ["s3://", "s3:///", "memory://", "file://", "simplecache::s3://", "s3:/bucket/x", "gs:/x"]
)
def test_an_address_without_a_place_is_no_folder_here(
    url: str, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Drivers take `s3://$BUCKET` without the variable for a folder of the name `s3:`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    before = sorted(tmp_path.iterdir())
    for option in ("--push", "--pull"):
        assert main(["store", option, url, "--store", str(store.root), "--runs", str(tmp_path / "runs")]) == 2
        assert "names no bucket and no folder: write it as s3://BUCKET/FOLDER" in capsys.readouterr().err
    if "://" in url:
        with pytest.raises(UserError, match="names no bucket and no folder"):
            store_folder(url)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("method", ["put_file", "pipe_file"])
def test_a_bucket_that_is_missing_is_named(
    method: str, store: Store, tmp_path: Path, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: Any, **__: Any) -> None:
        raise FileNotFoundError("The specified bucket does not exist")

    monkeypatch.setattr(type(memory), method, missing)
    with pytest.raises(UserError, match=rf"^{URL}/.* could not be written \(The specified bucket does not exist\)"):
        push(store, tmp_path / "runs", URL)


def test_a_full_disk_here_is_not_blamed_on_the_bucket(
    store: Store, tmp_path: Path, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(store, tmp_path / "runs", URL)

    def full(self: Any, there: str, here: str, **_: Any) -> None:
        Path(here).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(type(memory), "get_file", full)
    other = tmp_path / "other"
    with pytest.raises(UserError, match=rf"^{other}/clean/.* could not be written .*: free disk space"):
        pull(Store(other), tmp_path / "runs", URL)
    assert not list(other.rglob("*.tmp"))


def test_a_place_here_that_cannot_be_written_is_not_blamed_on_the_credentials(tmp_path: Path, memory: Any) -> None:
    memory.pipe_file("/bucket/team/files/x", b"x")
    (tmp_path / "x").mkdir()
    with pytest.raises(UserError, match=rf"^{tmp_path}/x is a folder, and a file is needed there"):
        ObjectFolder(URL).fetch("files/x", tmp_path / "x")
    with pytest.raises(UserError, match=rf"^{tmp_path}/none could not be used"):
        ObjectFolder(URL).send("files/y", tmp_path / "none")


def test_what_the_environment_calls_a_secret_is_in_no_error(
    store: Store, tmp_path: Path, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI+K7MDENG+bPxRfiCY")
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", "AccountName=a;AccountKey=b0123456789")

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("no match for wJalrXUtnFEMI+K7MDENG+bPxRfiCY, AccountName=a;AccountKey=b0123456789")

    monkeypatch.setattr(type(memory), "put_file", refuse)
    with pytest.raises(UserError, match=r"no match for \[key\], \[key\]\)"):
        push(store, tmp_path / "runs", URL)


def test_a_manifest_that_a_full_disk_cut_short_is_written_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, pipe = f"file://{tmp_path}/there", LocalFileSystem.pipe_file
    left = iter([True])

    def full(self: Any, path: str, value: bytes, mode: str = "overwrite", **options: Any) -> None:
        if mode == "create" and next(left, False):
            Path(path).touch()
            raise OSError(errno.ENOSPC, "No space left on device")
        pipe(self, path, value, mode=mode, **options)

    monkeypatch.setattr(LocalFileSystem, "pipe_file", full)
    push(store, tmp_path / "runs", url)
    assert pull(Store(tmp_path / "other"), tmp_path / "runs", url)["stages"] == 1
    manifest = next((tmp_path / "there" / "stages").rglob("*.json"))
    manifest.write_bytes(manifest.read_bytes()[:100])  # as a kill leaves it
    push(store, tmp_path / "runs", url)
    assert pull(Store(tmp_path / "third"), tmp_path / "runs", url)["stages"] == 1


def test_in_a_folder_an_object_gets_its_name_when_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, put = ObjectFolder(f"file://{tmp_path}/there"), LocalFileSystem.put_file
    (tmp_path / "file").write_bytes(b"whole")

    def cut(self: Any, here: str, there: str, **options: Any) -> None:
        Path(there).write_bytes(b"who")
        assert not (tmp_path / "there/files/a").exists()
        raise OSError("cut off")

    monkeypatch.setattr(LocalFileSystem, "put_file", cut)
    monkeypatch.setattr(objects, "_ATTEMPTS", 1)
    with pytest.raises(UserError, match="cut off"):
        folder.send("files/a", tmp_path / "file")
    assert folder.names("files") == []
    monkeypatch.setattr(LocalFileSystem, "put_file", put)
    folder.send("files/a", tmp_path / "file")
    assert folder.names("files") == ["a"]


@pytest.mark.parametrize("names", [["a", "a/b"], ["recipe.yaml", "recipe.yaml/x"], ["x/../y"]])
def test_names_that_cannot_stand_beside_each_other_are_nobody_s_of_ours(names: list[str], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="it is no store of ours"):
        files_named({name: checksum(b"") for name in names}, tmp_path, URL)


def test_a_size_that_is_none_is_a_sentence(
    store: Store, tmp_path: Path, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = type(memory).info
    push(store, tmp_path / "runs", URL)
    monkeypatch.setattr(type(memory), "info", lambda self, path, **o: {**info(self, path, **o), "size": "a few"})
    with pytest.raises(UserError, match=rf"^{URL}/stages/clean/.* could not be read \(invalid literal"):
        pull(Store(tmp_path / "other"), tmp_path / "runs", URL)
