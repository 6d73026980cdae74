"""DSSE envelopes: a payload, its type, and signatures over both; read with distrust.

The form is that of github.com/secure-systems-lab/dsse, protocol.md and envelope.md (version 1.0). A key's id in an envelope is
a hint that anybody can write: it decides nothing.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secondhalf.certify.files import read_regular
from secondhalf.errors import UserError
from secondhalf.text.json_lines import decode

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MOST_BYTES = 100_000_000
_MOST_SIGNATURES = 50
_URL_SAFE = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True)
class EnvelopeSignature:
    """One signature, and the id of the key that it names ("": none)."""

    keyid: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """What was signed, and the signatures."""

    payload_type: str
    payload: bytes
    signatures: tuple[EnvelopeSignature, ...]

    @property
    def signed(self) -> bytes:
        """The bytes that every signature is over."""
        return pre_authentication_encoding(self.payload_type, self.payload)

    def as_dict(self) -> dict[str, object]:
        """The envelope as its JSON has it."""
        signatures = [{"keyid": one.keyid, "sig": _base64(one.signature)} for one in self.signatures]
        return {"payload": _base64(self.payload), "payloadType": self.payload_type, "signatures": signatures}


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """DSSE's PAE: version, lengths in bytes, type and payload, so that no two pairs of them are signed as the same bytes."""
    kind = payload_type.encode("utf-8")
    return b" ".join([b"DSSEv1", str(len(kind)).encode(), kind, str(len(payload)).encode(), payload])


def envelope_text(envelope: Envelope) -> str:
    """The envelope as the text of its file."""
    return json.dumps(envelope.as_dict(), indent=1) + "\n"


def read_envelope(path: Path) -> Envelope:
    """The envelope in a file, its signatures not checked yet.

    Raises UserError for a file that cannot be read or is larger than MOST_BYTES, and for what is no envelope of an in-toto
    statement and nothing else: a field that stands twice or is none of an envelope's, another payload type, no base64, no
    signature.
    """
    try:
        data = read_regular(path, MOST_BYTES + 1)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): name a certificate.") from error
    if len(data) > MOST_BYTES:
        raise UserError(f"{path} is larger than {MOST_BYTES // 1_000_000} MB: it is no certificate; name another file.")
    try:
        return _envelope(decode(data.decode("utf-8")))
    except ValueError as error:  # UnicodeDecodeError is one
        raise UserError(f"{path} is no certificate ({error}): have it sent again, as it was written.") from error


def _envelope(value: Any) -> Envelope:
    fields = _fields(value, "the envelope", {"payload", "payloadType", "signatures"}, set())
    if fields["payloadType"] != PAYLOAD_TYPE:
        raise ValueError(f"payloadType is {str(fields['payloadType'])[:60]!r}, and not {PAYLOAD_TYPE}")
    signatures = fields["signatures"]
    if not isinstance(signatures, list) or not 1 <= len(signatures) <= _MOST_SIGNATURES:
        raise ValueError(f"signatures must be a list of 1 to {_MOST_SIGNATURES}")
    return Envelope(PAYLOAD_TYPE, _decoded(fields["payload"], "payload"), tuple(map(_signature, signatures)))


def _signature(value: Any) -> EnvelopeSignature:
    fields = _fields(value, "a signature", {"sig"}, {"keyid"})
    keyid = fields.get("keyid", "")
    if not isinstance(keyid, str):
        raise ValueError("keyid must be a text")
    return EnvelopeSignature(keyid, _decoded(fields["sig"], "sig"))


def _fields(value: Any, what: str, needed: set[str], allowed: set[str]) -> dict[str, Any]:
    """Readers take the field that they look for; one beside it that means the same would be read by others."""
    if not isinstance(value, dict):
        raise ValueError(f"{what} is no JSON object")
    strange = sorted(value.keys() - needed - allowed)
    if strange:
        raise ValueError(f"{what} has a field {strange[0][:60]!r}, which is none of DSSE's")
    missing = sorted(needed - value.keys())
    if missing:
        raise ValueError(f"{what} has no {missing[0]}")
    return value


def _decoded(value: Any, what: str) -> bytes:
    """DSSE allows the standard alphabet and that of URLs, and asks readers to take both."""
    try:
        if not isinstance(value, str):
            raise ValueError("it is no text")
        return base64.b64decode(value.translate(_URL_SAFE), validate=True)
    except (ValueError, binascii.Error) as error:
        raise ValueError(f"{what} is no base64") from error


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
