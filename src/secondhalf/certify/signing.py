"""Writes the certificate of a run: what its tables hold, signed with one's own key."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from secondhalf import __version__
from secondhalf.certify.contents import run_contents, run_subjects
from secondhalf.certify.envelope import PAYLOAD_TYPE, Envelope, EnvelopeSignature, envelope_text
from secondhalf.certify.exported import exported_model
from secondhalf.certify.key_pair import sign_as
from secondhalf.certify.predicate import PREDICATE_TYPE, Certificate, ExportedModel, Signer
from secondhalf.certify.statement import Statement, is_safe, statement_payload
from secondhalf.errors import UserError
from secondhalf.runs import Run


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One's own key as it is used: its id, both parts in PEM, and the passphrase of the private one."""

    id: str
    public: str
    private: bytes
    passphrase: bytes | None


def certificate_text(run: Run, key: SigningKey, model: Path | None = None) -> str:
    """The certificate of a run, and of the model that was exported from it into the folder `model`, as the text of its file.

    Raises UserError where the run is not whole or damaged, for a folder that is not its export, and as `sign`.
    """
    subjects, exported = run_subjects(run), None
    if model is not None:
        exported, hashes = exported_model(run, model)
        subjects |= {f"model/{name}": value for name, value in hashes.items()}
    for name in subjects:
        if not is_safe(name):
            raise UserError(f"{name!r} cannot stand in a certificate: give the file another name.")
    statement = Statement(subjects, PREDICATE_TYPE, _certificate(run, key, exported).model_dump(mode="json"))
    payload = statement_payload(statement)
    message = Envelope(PAYLOAD_TYPE, payload, ()).signed
    signature = sign_as("certificates", key.public, key.private, key.passphrase, message)
    return envelope_text(Envelope(PAYLOAD_TYPE, payload, (EnvelopeSignature(key.id, signature),)))


def _certificate(run: Run, key: SigningKey, model: ExportedModel | None) -> Certificate:
    return Certificate(
        **dict(run_contents(run)),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        secondhalf=__version__,
        signer=Signer(id=key.id, public=key.public),
        model=model,
    )
