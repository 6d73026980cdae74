"""Remote files: a network that fails is an error for people, and never a reject."""

from pathlib import Path
from typing import Any

import pytest

from secondhalf.corpus.readers.items import BrokenFileError, Shard
from secondhalf.corpus.readers.remote import RemoteFile, file_system
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError
from support.corpora import GOOD, lines, sample_corpus

memory: Any = pytest.importorskip("fsspec").filesystem("memory")


def test_a_file_is_read_as_any_other() -> None:
    memory.pipe("/remote/a", b"abcdef")
    with RemoteFile(Shard("a", "memory://remote/a")) as file:
        assert (file.readable(), file.seekable(), file.read(2), file.tell()) == (True, True, b"ab", 2)
        assert (file.seek(-1, 2), file.read()) == (5, b"f")
    assert file.closed


def test_what_is_not_there_is_broken_and_a_driver_that_is_not_there_is_an_error() -> None:
    with pytest.raises(BrokenFileError, match="unreadable file: FileNotFoundError"):
        RemoteFile(Shard("none", "memory://remote/none"))
    with pytest.raises(UserError, match=r"nosuch://bucket/x could not be read \(Protocol not known"):
        file_system("nosuch://bucket/x")


def test_a_missing_driver_is_named_by_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(url: str) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr("fsspec.core.url_to_fs", missing)
    with pytest.raises(UserError, match=r"s3://b/x needs a package .* s3fs`\.$"):
        file_system("s3://b/x")


def test_a_network_that_fails_is_an_error_and_no_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.pipe("/net/a.jsonl", lines(GOOD))

    class Fails:
        """An open file whose connection is lost."""

        def read(self, *_: Any) -> bytes:
            raise TimeoutError("timed out\nand more")

        def __getattr__(self, _: str) -> Any:
            return lambda *_: 0

    monkeypatch.setattr(type(memory), "open", lambda *_, **__: Fails())
    with pytest.raises(UserError, match=r"memory://.*net/a\.jsonl could not be read \(timed out\): check the address"):
        sample_corpus(tmp_path / "store", CorpusSettings(reader="jsonl", path="memory://net"))
