"""in-toto statements: read as written, and refused where a name leads elsewhere."""

import json
from typing import Any

import pytest

from secondhalf.certify.statement import STATEMENT_TYPE, Statement, read_statement, statement_payload
from secondhalf.errors import UserError

HASH = "ab" * 32
GOOD: dict[str, Any] = {
    "_type": STATEMENT_TYPE,
    "subject": [{"name": "store/clean/0123456789abcdef/part-00000.parquet", "digest": {"sha256": HASH}}],
    "predicateType": "https://example.com/x",
    "predicate": {"a": 1},
}


def test_a_statement_is_read_as_it_was_written() -> None:
    statement = Statement(
        {"run/recipe.yaml": HASH, "model/重み.gguf": "0" * 64}, "https://example.com/x", {"名": [1, 2.5, None]}
    )
    assert read_statement(statement_payload(statement)) == statement
    assert json.loads(statement_payload(statement))["_type"] == "https://in-toto.io/Statement/v1"


@pytest.mark.parametrize(
    "name",
    ["", "store", "store/", "/store/a", "/etc/passwd", "store/../../etc/passwd", "store/..", "store/./a", "store//a", "../a", "model/a/..",
     "store\\..\\a", "store/C:", "elsewhere/a", "store/a\x00b", "store/a\nb", "store/a\x7f", 5, None],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(name: object) -> None:
    with pytest.raises(UserError, match="is no path below store, run, model"):
        read_statement(json.dumps(GOOD | {"subject": [{"name": name, "digest": {"sha256": HASH}}]}).encode())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"_type": "https://in-toto.io/Statement/v0.1"}, "version is 'https://in-toto.io/Statement/v0.1'"),
        ({"_type": "https://in-toto.io/Statement/v2"}, "version is 'https://in-toto.io/Statement/v2'"),
        ({"_type": None}, "version is 'None'"),
        ({"predicate": []}, "needs a subject"),
        ({"predicateType": 1}, "needs a subject"),
        ({"subject": {}}, "needs a subject"),
        ({"subject": []}, "has no subject"),
        ({"subject": [{"name": "run/a", "digest": {"sha512": HASH}}]}, "has no SHA-256"),
        ({"subject": [{"name": "run/a", "digest": {"sha256": HASH.upper()}}]}, "has no SHA-256"),
        ({"subject": [{"name": "run/a", "digest": {"sha256": HASH[:-1]}}]}, "has no SHA-256"),
        ({"subject": [{"name": "run/a", "digest": HASH}]}, "has no SHA-256"),
        ({"subject": GOOD["subject"] * 2}, "stands twice"),
        ({"subject": ["run/a"]}, "is no path below"),
        ({"Predicate": {}}, "'Predicate', which is none of in-toto's"),
    ],
)
def test_what_is_no_statement_is_a_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=r"The certificate is none of ours") as caught:
        read_statement(json.dumps(GOOD | change).encode())
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "payload", [b"", b"hello", b"[]", b"\xff", b'{"_type": 1, "_type": 2}', b"[" * 200_000, b'{"a": 1e999}']
)
def test_a_payload_that_is_no_json_object_is_a_sentence(payload: bytes) -> None:
    with pytest.raises(UserError, match="The certificate is none of ours"):
        read_statement(payload)
