"""`hf:` references, with and without revision, commit and file; and back to text."""

import pytest

from secondhalf.errors import UserError
from secondhalf.models.hub.reference import HubReference, repository

SHA = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("text", "expected", "written"),
    [
        ("hf:org/name", HubReference("org/name", "main", "", "", False), "hf:org/name@main"),
        ("hf:org/name@v1.0/x", HubReference("org/name", "v1.0/x", "", "", False), "hf:org/name@v1.0/x"),
        (f"hf:org/name@{SHA}", HubReference("org/name", SHA, SHA, "", False), f"hf:org/name@{SHA}"),
        (f"hf:o/n@main@{SHA}", HubReference("o/n", "main", SHA, "", False), f"hf:o/n@main@{SHA}"),
        (f"hf:o/n@v1@{SHA}:a/b.gguf", HubReference("o/n", "v1", SHA, "a/b.gguf", False), f"hf:o/n@v1@{SHA}:a/b.gguf"),
        ("hf:datasets/o/n@v1:x.jsonl", HubReference("o/n", "v1", "", "x.jsonl", True), "hf:datasets/o/n@v1:x.jsonl"),
    ],
)
def test_read_and_written(text: str, expected: HubReference, written: str):
    reference = HubReference.parse(text)
    assert reference == expected
    assert str(reference) == written
    assert HubReference.parse(written) == expected


@pytest.mark.parametrize(
    "text",
    ["hf:name", "hf:datasets/name", "hf:a/b@", "hf:a/b@main@abc", "hf:a/b:", "hf:a/b@x y", "a/b", "hf:a/b@../../x"],
)
def test_what_is_none(text: str):
    with pytest.raises(UserError, match="is no hub reference: write hf:ORG/NAME@REVISION"):
        HubReference.parse(text)


def test_what_the_hub_is_asked_for():
    assert HubReference.parse("hf:o/n@v1").exact == "v1"
    assert HubReference.parse(f"hf:o/n@v1@{SHA}").exact == SHA
    assert HubReference.parse("hf:datasets/o/n@v1:x").kind == "dataset"


@pytest.mark.parametrize("text", [f"hf:o/n@main@{SHA}", "hf:o/n@v1:x.gguf", "hf:o/n", "o/n"])
def test_the_repository_s_name(text: str):
    assert repository(text) == "o/n"
