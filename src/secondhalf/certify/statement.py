"""in-toto statements: which files are meant, by name and SHA-256, and what is said of them.

The form is that of github.com/in-toto/attestation, spec/v1/statement.md. A subject's name here is a path below one of three
places: `store/` (the store of stages), `run/` (the run's folder) and `model/` (an exported model's folder).
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from secondhalf.errors import UserError
from secondhalf.text.json_lines import decode

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PLACES = ("store", "run", "model")
_HEX = re.compile(r"[0-9a-f]{64}")
_FIELDS = {"_type", "subject", "predicateType", "predicate"}


@dataclass(frozen=True, slots=True)
class Statement:
    """`subjects`: SHA-256 as hex by the name of each file. `predicate`: what is said, in the form that its type names."""

    subjects: dict[str, str]
    predicate_type: str
    predicate: dict[str, Any]


def statement_payload(statement: Statement) -> bytes:
    """The statement as the bytes that are signed: JSON in UTF-8, keys and subjects sorted."""
    subjects = [{"name": name, "digest": {"sha256": value}} for name, value in sorted(statement.subjects.items())]
    value = {
        "_type": STATEMENT_TYPE,
        "subject": subjects,
        "predicateType": statement.predicate_type,
        "predicate": statement.predicate,
    }
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def read_statement(payload: bytes) -> Statement:
    """The statement in a payload.

    Raises UserError for what is no statement of this version, for a subject without a SHA-256 or with a name that stands twice
    or is no path below one of PLACES (it leads out of it with `..`, begins at the root, holds a control character).
    """
    try:
        value = decode(payload.decode("utf-8"))
        if not isinstance(value, dict):
            raise ValueError("the payload is no JSON object")
        if value.get("_type") != STATEMENT_TYPE:
            raise ValueError(f"the statement's version is {str(value.get('_type'))[:80]!r}, and not {STATEMENT_TYPE}")
        strange = sorted(value.keys() - _FIELDS)
        if strange:
            raise ValueError(f"the statement has a field {strange[0][:60]!r}, which is none of in-toto's")
        kind, predicate, subjects = value.get("predicateType"), value.get("predicate"), value.get("subject")
        if not isinstance(kind, str) or not isinstance(predicate, dict) or not isinstance(subjects, list):
            raise ValueError("the statement needs a subject, a predicateType and a predicate")
        return Statement(_subjects(subjects), kind, predicate)
    except ValueError as error:
        raise UserError(f"The certificate is none of ours ({error}): have it sent again, or upgrade.") from error


def _subjects(values: list[Any]) -> dict[str, str]:
    subjects: dict[str, str] = {}
    for value in values:
        name, digests = (value.get("name"), value.get("digest")) if isinstance(value, dict) else (None, None)
        if not isinstance(name, str) or not is_safe(name):
            raise ValueError(f"the subject {str(name)[:80]!r} is no path below {', '.join(PLACES)}")
        digest = digests.get("sha256") if isinstance(digests, dict) else None
        if not isinstance(digest, str) or not _HEX.fullmatch(digest):
            raise ValueError(f"the subject {name[:80]!r} has no SHA-256")
        if name in subjects:
            raise ValueError(f"the subject {name[:80]!r} stands twice")
        subjects[name] = digest
    if not subjects:
        raise ValueError("the statement has no subject")
    return subjects


def is_safe(name: str) -> bool:
    """Whether a subject's name is a plain path below one of PLACES, which leads nowhere else on any system."""
    place, *below = name.split("/")
    return (
        place in PLACES
        and bool(below)
        and not any(part in {"", ".", ".."} for part in below)
        and not any(c in "\\:" or ord(c) < 32 or ord(c) == 127 or 0xD800 <= ord(c) <= 0xDFFF for c in name)
    )
