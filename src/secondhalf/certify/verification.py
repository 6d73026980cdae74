"""Verifies a certificate: is it as it was signed, by whom, and is what it says what is there?

Three answers: intact and signed by a key that is known; intact, signer unknown; not intact, with everything that differs. Every
signature is tried with every key at hand, whatever key it names. A certificate carries the public key of its signer: with it, it
is seen that nothing was changed since, and not whose key it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from secondhalf.certify.envelope import Envelope, EnvelopeSignature, read_envelope
from secondhalf.certify.key_pair import check_library, is_signature, public_key_of
from secondhalf.certify.keyring import KnownKey
from secondhalf.certify.predicate import PREDICATE_TYPE, Certificate
from secondhalf.certify.statement import read_statement
from secondhalf.errors import UserError

_CLOCKS_APART = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as it was certified, by the name of a file or of a field, and how."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadCertificate:
    """A certificate that could be read: the files that it covers and what it says; its signatures are not checked yet."""

    path: Path
    envelope: Envelope
    subjects: dict[str, str]
    contents: Certificate


@dataclass
class Verification:
    """What was found. `compared`: what it was held against; `checked`: files that were; `notes`: what was not looked at."""

    run: str
    key: str
    """The id of the key that the certificate says it was signed with."""
    compared: Literal["store", "files", "model", "nothing"]
    signers: list[KnownKey] = field(default_factory=list)
    """The known keys of which it has a signature."""
    checked: int = 0
    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    @property
    def exit_code(self) -> int:
        """0: intact, by a known key. 1: not intact. 3: intact, signer unknown."""
        return 1 if not self.intact else 0 if self.signers else 3


def read_certificate(path: Path) -> ReadCertificate:
    """Reads a certificate. Raises UserError where it is none, or one of another version."""
    envelope = read_envelope(path)
    statement = read_statement(envelope.payload)
    if statement.predicate_type != PREDICATE_TYPE:
        raise UserError(
            f"{path} is a statement of another kind ({statement.predicate_type[:80]}), and not {PREDICATE_TYPE}: upgrade, or "
            "verify it with the program that wrote it."
        )
    try:
        contents = Certificate.model_validate(statement.predicate)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UserError(
            f"{path}: {where}: {first['msg'].removeprefix('Value error, ')}: it is no certificate of this version; upgrade."
        ) from error
    return ReadCertificate(path, envelope, statement.subjects, contents)


def check_signatures(certificate: ReadCertificate, keys: Sequence[KnownKey], result: Verification) -> None:
    """Adds to the result whose signatures the certificate has, and what is wrong with them."""
    check_library()
    signer = certificate.contents.signer
    try:
        own_id, own_kind, own = public_key_of(signer.public)
        if (own_id, own_kind) != (signer.id, "certificates"):
            raise ValueError("it is another key than the one that is named")
    except ValueError as error:
        result.differences.append(Difference("signer.public", str(error)))
        own_id, own = "", ""
    known = {key.id: key for key in keys if key.kind == "certificates"}
    publics = {id: key.public for id, key in known.items()} | ({own_id: own} if own else {})
    message = certificate.envelope.signed
    good: set[str] = set()
    for signature in certificate.envelope.signatures:
        by = next(
            (id for id, pem in publics.items() if is_signature("certificates", pem, signature.signature, message)), ""
        )
        if by:
            good.add(by)
        else:
            _add_unfitting(signature, publics, result)
    if not good and result.intact:
        result.differences.append(
            Difference("signatures", f"none fits the key {signer.id[:16]} that the certificate names")
        )
    elif own_id and good and own_id not in good:
        result.notes.append(f"It has no signature by the key {own_id[:16]} that it names as its signer's.")
    created = certificate.contents.created
    if datetime.fromisoformat(created) > datetime.now(UTC) + _CLOCKS_APART:
        result.notes.append(
            f"It says that it was signed at {created}, which is later than now by this machine's clock."
        )
    for id in sorted(good & known.keys()):
        if known[id].retired and _is_later(created, known[id].retired):
            reason = f"the key of {known[id].name} was retired at {known[id].retired}, and signed at {created}"
            result.differences.append(Difference("signatures", reason))
        else:
            result.signers.append(known[id])


def _add_unfitting(signature: EnvelopeSignature, publics: dict[str, str], result: Verification) -> None:
    named = signature.keyid[:16]
    if signature.keyid in publics:
        what = (
            "the certificate was changed, or the signature"
            if len(signature.signature) == 64
            else "it has a wrong length"
        )
        result.differences.append(Difference("signatures", f"that of the key {named} does not fit: {what}"))
    else:
        result.notes.append(f"A signature by another key ({named or 'without a name'}) could not be checked.")


def _is_later(created: str, retired: str) -> bool:
    try:
        return datetime.fromisoformat(created) > datetime.fromisoformat(retired)
    except (ValueError, TypeError):  # no time at all, or one without a zone: it cannot have been in use
        return True
