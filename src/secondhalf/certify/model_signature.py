"""The signature of an exported model that OpenSSF's model_signing verifies with a bare public key: `model.sig`.

A Sigstore bundle (media type v0.3) around a DSSE envelope, whose statement lists every file with its SHA-256
(github.com/sigstore/model-transparency, predicate https://model_signing/signature/v1.0). It is over all files of the folder, the
certificate among them, so that whoever has model_signing alone knows the certificate to be the signer's too.
"""

import hashlib
import json
from pathlib import Path

from secondhalf.certify.envelope import PAYLOAD_TYPE, Envelope, EnvelopeSignature
from secondhalf.certify.exported import GIT, MODEL_SIGNATURE
from secondhalf.certify.files import hash_folder
from secondhalf.certify.key_pair import sign_as
from secondhalf.certify.statement import STATEMENT_TYPE

_PREDICATE_TYPE = "https://model_signing/signature/v1.0"
_MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
_IGNORED = (*GIT, MODEL_SIGNATURE)


def model_signature(folder: Path, private: bytes, passphrase: bytes | None, public: str) -> str:
    """The text of `model.sig` for a folder as it is now. `private`, `public`: a pair for models, in PEM.

    Raises UserError for a link in the folder, and as `sign_as`.
    """
    payload = json.dumps(_statement(folder), sort_keys=True).encode()
    unsigned = Envelope(PAYLOAD_TYPE, payload, ())
    signature = EnvelopeSignature("", sign_as("models", public, private, passphrase, unsigned.signed))
    bundle = {
        "mediaType": _MEDIA_TYPE,
        "verificationMaterial": {
            "publicKey": {"hint": hashlib.sha256(public.encode("ascii")).hexdigest()},
            "tlogEntries": [],
        },
        "dsseEnvelope": Envelope(PAYLOAD_TYPE, payload, (signature,)).as_dict(),
    }
    return json.dumps(bundle) + "\n"


def _statement(folder: Path) -> dict[str, object]:
    # In the order of their path's parts, as model_signing has them; the subject is the hash over the hashes.
    hashes = sorted(hash_folder(folder, frozenset(_IGNORED)).items(), key=lambda item: item[0].split("/"))
    root = hashlib.sha256(b"".join(bytes.fromhex(value) for _, value in hashes)).hexdigest()
    predicate = {
        "serialization": {
            "method": "files",
            "hash_type": "sha256",
            "allow_symlinks": False,
            "ignore_paths": sorted(_IGNORED),
        },
        "resources": [{"name": name, "algorithm": "sha256", "digest": value} for name, value in hashes],
    }
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": folder.resolve().name, "digest": {"sha256": root}}],
        "predicateType": _PREDICATE_TYPE,
        "predicate": predicate,
    }
