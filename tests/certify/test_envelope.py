"""DSSE: the specification's own example, and files that are no envelope."""

import base64
import json
import os
from pathlib import Path

import pytest

from secondhalf.certify import envelope
from secondhalf.certify.envelope import (
    PAYLOAD_TYPE,
    Envelope,
    EnvelopeSignature,
    envelope_text,
    pre_authentication_encoding,
    read_envelope,
)
from secondhalf.errors import UserError

GOOD = {"payload": "aGVsbG8=", "payloadType": PAYLOAD_TYPE, "signatures": [{"keyid": "k", "sig": "AAEC"}]}


# The first is protocol.md's test vector; lengths are of bytes, and a blank in a part is no border.
@pytest.mark.parametrize(
    ("kind", "payload", "expected"),
    [
        ("http://example.com/HelloWorld", b"hello world", b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"),
        ("", b"", b"DSSEv1 0  0 "),
        ("型", "半分".encode(), "DSSEv1 3 型 6 半分".encode()),
        ("a 1 b", b"c", b"DSSEv1 5 a 1 b 1 c"),
        ("a", b"1 b 1 c", b"DSSEv1 1 a 7 1 b 1 c"),
    ],
)
def test_what_is_signed_is_as_the_specification_says(kind: str, payload: bytes, expected: bytes) -> None:
    assert pre_authentication_encoding(kind, payload) == expected


def test_an_envelope_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    written = Envelope(PAYLOAD_TYPE, b"\xff\xfe{}", (EnvelopeSignature("k", bytes(range(64))),))
    path.write_text(envelope_text(written), "utf-8")
    assert read_envelope(path) == written


def test_the_alphabet_of_urls_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    data = b"\xfb\xff\xfe"
    path.write_text(json.dumps(GOOD | {"payload": base64.urlsafe_b64encode(data).decode()}), "utf-8")
    assert read_envelope(path).payload == data


def _without(name: str) -> str:
    return json.dumps({key: value for key, value in GOOD.items() if key != name})


TWICE = json.dumps(GOOD)[:-1] + ', "payloadType": "text/plain"}'
BAD = {
    "nothing": ("", "no certificate"),
    "no JSON": ("{", "no certificate"),
    "no object": ("[]", "the envelope is no JSON object"),
    "UTF-16": (json.dumps(GOOD).encode("utf-16"), "no certificate"),
    "two payload types": (TWICE, "payloadType stands twice"),
    "two payloads": (json.dumps(GOOD)[:-1] + ', "payload": "aGVsbG8="}', "payload stands twice"),
    "two signatures of one": (json.dumps(GOOD).replace('"sig"', '"sig": "AA==", "sig"'), "sig stands twice"),
    "a second type under another name": (json.dumps(GOOD | {"payload_type": "x"}), "'payload_type', which is none of DSSE's"),
    "a type of its own": (json.dumps(GOOD | {"payloadType": "application/json"}), "payloadType is 'application/json'"),
    "no type": (_without("payloadType"), "has no payloadType"),
    "a type that is a list": (json.dumps(GOOD | {"payloadType": [PAYLOAD_TYPE]}), "payloadType is"),
    "no base64": (json.dumps(GOOD | {"payload": "a!GVsbG8="}), "payload is no base64"),
    "base64 with a line end": (json.dumps(GOOD | {"payload": "aGVs\nbG8="}), "payload is no base64"),
    "a payload cut short": (json.dumps(GOOD | {"payload": "aGVsbG8"}), "payload is no base64"),
    "a payload of another kind": (json.dumps(GOOD | {"payload": 5}), "payload is no base64"),
    "no signatures": (json.dumps(GOOD | {"signatures": []}), "signatures must be a list of 1 to 50"),
    "a hundred signatures": (json.dumps(GOOD | {"signatures": [{"sig": "AA=="}] * 100}), "signatures must be a list of 1 to 50"),
    "signatures by name": (json.dumps(GOOD | {"signatures": {"k": "AA=="}}), "signatures must be a list"),
    "a signature that is a text": (json.dumps(GOOD | {"signatures": ["AA=="]}), "a signature is no JSON object"),
    "a signature without one": (json.dumps(GOOD | {"signatures": [{"keyid": "k"}]}), "a signature has no sig"),
    "a key id that is none": (json.dumps(GOOD | {"signatures": [{"keyid": 1, "sig": "AA=="}]}), "keyid must be a text"),
    "deep": ('{"payload": ' + "[" * 100_000, "nested too deep"),
    "deep and whole": ('{"payload": ' + "[" * 60 + "]" * 60 + "}", "nested more than 50 deep"),
    "half a character": (json.dumps(GOOD | {"payload": "\ud800"}), "half a character"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_envelope_is_a_sentence(tmp_path: Path, name: str) -> None:
    content, sentence = BAD[name]
    path = tmp_path / "c.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UserError, match=r"c\.json is no certificate") as caught:
        read_envelope(path)
    assert sentence in str(caught.value)


def test_a_file_without_an_end_or_a_place_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "none", Path("/dev/zero")):
        with pytest.raises(UserError, match="cannot be read"):
            read_envelope(path)
    monkeypatch.setattr(envelope, "MOST_BYTES", 2_000_000)
    (tmp_path / "large").write_bytes(b" " * 2_000_001)
    with pytest.raises(UserError, match="larger than 2 MB"):
        read_envelope(tmp_path / "large")
