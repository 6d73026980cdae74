"""Uploads: one commit, what is stale goes, what is others' stays, and each refusal is a sentence."""

from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.models.hub.upload import check_upload, hub_data_set, upload_data_set
from support.hub_server import Fault, Hub


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    for name in ("README.md", "train.parquet", "train.jsonl"):
        (tmp_path / "data" / name).write_bytes(f"{name}\n".encode() * 100)
    return tmp_path / "data"


@pytest.fixture
def writer(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Hub:
    monkeypatch.setenv("HF_TOKEN", "hf_good")
    return hub


def _files(hub: Hub) -> set[str]:
    repository = hub.repositories["dataset", "me/pairs"]
    return set(repository.commits[repository.branches["main"]])


def test_files_come_as_they_are(writer: Hub, folder: Path):
    address = upload_data_set(folder, "me/pairs", public=False)
    repository = writer.repositories["dataset", "me/pairs"]
    sha = repository.branches["main"]
    assert address == f"{writer.url}/datasets/me/pairs/tree/{sha}"
    assert repository.private
    assert len(repository.commits) == 2  # the hub's first, and one of ours
    assert {name: data for name, data in repository.commits[sha].items() if name != ".gitattributes"} == {
        path.name: path.read_bytes() for path in folder.iterdir()
    }
    assert writer.stored  # the table went as a large file


def test_public_where_that_is_wanted(writer: Hub, folder: Path):
    upload_data_set(folder, "me/pairs", public=True)
    assert not writer.repositories["dataset", "me/pairs"].private


def test_a_public_data_set_is_not_taken_for_a_private_one(writer: Hub, folder: Path):
    upload_data_set(folder, "me/pairs", public=True)
    before = _files(writer)
    (folder / "train.parquet").unlink()
    with pytest.raises(UserError, match=r"me/pairs at .* is there, and public: add --public, or name another data set"):
        upload_data_set(folder, "me/pairs", public=False)
    assert _files(writer) == before


def test_a_second_upload_leaves_nothing_stale(writer: Hub, folder: Path):
    upload_data_set(folder, "me/pairs", public=False)
    (folder / "train.parquet").unlink()
    (folder / "validation.jsonl").write_text("{}\n")
    upload_data_set(folder, "me/pairs", public=False)
    assert _files(writer) == {".gitattributes", "README.md", "train.jsonl", "validation.jsonl"}


def test_what_is_others_stays(writer: Hub, folder: Path):
    writer.add("me/pairs", {"precious.csv": b"1"}, "dataset")
    with pytest.raises(UserError, match=r"me/pairs at .* holds other files \(precious\.csv\): name another data set"):
        upload_data_set(folder, "me/pairs", public=False)
    assert _files(writer) == {"precious.csv"}


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("hf_bad", "401: the token is not accepted: set HF_TOKEN"),
        ("hf_stranger", "403: the token may not write there: set HF_TOKEN to one that may"),
    ],
)
def test_a_token_that_may_not(hub: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch, token: str, sentence: str):
    monkeypatch.setenv("HF_TOKEN", token)
    with pytest.raises(UserError, match=sentence) as error:
        upload_data_set(folder, "me/pairs", public=False)
    assert token not in str(error.value)


def test_a_commit_that_fails_leaves_what_was(writer: Hub, folder: Path):
    upload_data_set(folder, "me/pairs", public=False)
    before = _files(writer)
    (folder / "validation.jsonl").write_text("{}\n")
    writer.faults = [Fault("POST .*/commit/", 500, times=9)]
    with pytest.raises(UserError, match="me/pairs could not be uploaded"):
        upload_data_set(folder, "me/pairs", public=False)
    assert _files(writer) == before


def test_before_anything_is_written(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(UserError, match="needs a token that may write: set HF_TOKEN"):
        check_upload("me/pairs")
    monkeypatch.setenv("HF_TOKEN", "hf_good")
    check_upload("me/pairs")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(UserError, match="cannot be uploaded while HF_HUB_OFFLINE is set"):
        check_upload("me/pairs")
    assert hub.requests == []


@pytest.mark.parametrize("text", ["hf:me", "hf:me/pairs@main", "hf:datasets/me", "hf:a/b/c", "hf:../x/y"])
def test_what_is_no_name(text: str):
    with pytest.raises(UserError, match="write hf:ORG/NAME"):
        hub_data_set(text)


def test_a_name_with_and_without_its_kind():
    assert hub_data_set("hf:datasets/me/pairs") == hub_data_set("hf:me/pairs") == "me/pairs"
