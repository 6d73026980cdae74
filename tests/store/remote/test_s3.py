"""Pushed to a server with S3's interface that is busy, slow and loses connections, and pulled from it: `make test-extras` (.venv-s3)."""

from pathlib import Path

import pytest

from secondhalf import api
from secondhalf.errors import UserError
from secondhalf.store import Store
from secondhalf.store.remote import objects
from secondhalf.store.remote.exchange import pull, push
from secondhalf.store.remote.objects import ObjectFolder
from support.clusters import tables
from support.faulty_s3 import faulty_s3
from support.recipes import tiny_recipe


@pytest.mark.s3
def test_push_and_pull_through_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # 10 s and more: three kinds of faults, each tried again after a pause, by the driver and by us.
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)
    recipe = api.load(tiny_recipe(tmp_path / "tiny.yaml"))
    here, there = tmp_path / "here", tmp_path / "there"
    api.run(recipe, until="audit", runs=here / "runs", store=here / "store")
    with faulty_s3("team") as door:
        monkeypatch.setenv("AWS_ENDPOINT_URL", door.url)
        door.next_puts = ["503", "cut", "slow", "503", "503", "pass", "cut", "cut", "slow"]
        push(Store(here / "store"), here / "runs", "s3://team/kept")
        assert door.next_puts == []
        before = len(door.puts)
        push(Store(here / "store"), here / "runs", "s3://team/kept")
        assert len(door.puts) == before + 1  # the run's own list of files
        assert pull(Store(there / "store"), there / "runs", "s3://team/kept") == {"stages": 8, "runs": 1}
        assert tables(there / "store") == tables(here / "store")
        # The condition is the server's: the second writer of a manifest does not replace the first's.
        folder = ObjectFolder("s3://team/kept")
        assert folder.write_first("stages/clean/twice.json", b"first") == b"first"
        assert folder.write_first("stages/clean/twice.json", b"second") == b"first"
        assert folder.read("stages/clean/twice.json") == b"first"
        monkeypatch.setattr(objects, "_ATTEMPTS", 1)
        door.next_puts = ["cut"] * 60
        with pytest.raises(UserError, match="could not be written"):
            folder.write("stages/lost.json", b"lost")
        door.next_puts = []
        assert folder.read("stages/lost.json") is None
        with pytest.raises(UserError, match=r"could not be|may not be|holds no stages"):
            pull(Store(there / "store"), there / "runs", "s3://no-such-bucket/kept")
