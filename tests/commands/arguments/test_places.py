"""Which places a command line may name."""

import argparse
from pathlib import Path

import pytest

from secondhalf.commands.arguments.parser import UsageError, parse
from secondhalf.commands.arguments.places import local_path, path_or_hub, path_or_url


@pytest.mark.parametrize(
    "words",
    [
        ["data", "made", "--out", "s3://bucket/set"],  # made a folder of the name s3:
        ["document", "made", "--out", "gs://bucket/cards"],
        ["export", "made", "--arm", "taught", "--out", "https://host/model"],
        ["run", "my.yaml", "--runs", "s3://bucket/runs"],
        ["journal", "--export", "file:///tmp/replies.jsonl"],
    ],
)
def test_an_address_is_never_taken_for_a_folder_s_name(words: list[str]) -> None:
    with pytest.raises(UsageError, match="is an address: name a file or folder of this machine"):
        parse(words)


def test_what_each_kind_of_place_takes() -> None:
    assert (local_path("a/b"), path_or_url("a"), path_or_url("s3://b/c")) == (Path("a/b"), Path("a"), "s3://b/c")
    assert (path_or_hub("hf:org/set"), path_or_hub("set/")) == ("hf:org/set", "set")
    with pytest.raises(argparse.ArgumentTypeError):
        path_or_hub("az://b/c")
