"""Key pairs: Ed25519 for certificates, ECDSA P-256 for the signature of an exported model; private ones as PKCS#8 in PEM.

Two kinds, because OpenSSF's model_signing takes no other bare keys than those of the curves P-256, P-384 and P-521. A key's id
is the SHA-256 of its public part in DER. `cryptography` is imported where it is used: it is an extra.
"""

import base64
import hashlib
from typing import Any, Literal

from secondhalf import install
from secondhalf.errors import UserError

KeyKind = Literal["certificates", "models"]
KINDS: tuple[KeyKind, ...] = ("certificates", "models")
"""What a key signs: certificates with Ed25519, exported models with ECDSA P-256 over SHA-256."""
_MEND = "restore its .pem file from a copy, or `secondhalf keys rotate`"


class WrongPassphraseError(UserError):
    """A passphrase that a private key does not open with, or none where it needs one."""


def check_library() -> None:
    """Raises UserError where the library for signatures is not installed."""
    try:
        import cryptography  # noqa: F401
    except ImportError as error:
        raise UserError(f"Certificates need {install.extra('certify')} (cryptography is missing).") from error


def new_private_key(kind: KeyKind, passphrase: bytes | None) -> tuple[str, str]:
    """A new pair: the private key and the public one, as PEM. The private one is encrypted where there is a passphrase."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key: Any = (
        ed25519.Ed25519PrivateKey.generate() if kind == "certificates" else ec.generate_private_key(ec.SECP256R1())
    )
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode("ascii")
    return private, _public_pem(key.public_key())


def is_encrypted(private: bytes) -> bool:
    """Whether a private key in PEM needs a passphrase."""
    return b"BEGIN ENCRYPTED PRIVATE KEY" in private


def sign(private: bytes, passphrase: bytes | None, message: bytes) -> bytes:
    """The signature of a private key in PEM over a message.

    Raises WrongPassphraseError, and UserError for what is no private key of ours.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    encrypted = is_encrypted(private)
    if encrypted and not passphrase:
        raise WrongPassphraseError("The private key has a passphrase, and none was given.")
    try:
        key = load_pem_private_key(private, passphrase if encrypted else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        if encrypted:
            raise WrongPassphraseError(
                "The passphrase is not that of the private key: give the one that the key was made with."
            ) from error
        raise UserError(f"The private key cannot be read ({_first_line(error)}): {_MEND}.") from error
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(message, ec.ECDSA(SHA256()))
    raise UserError(f"The private key is of another kind than Ed25519 and ECDSA P-256: {_MEND}.")


def sign_as(kind: KeyKind, public: str, private: bytes, passphrase: bytes | None, message: bytes) -> bytes:
    """As `sign`, for a private key that has to be that of a public one: what it signed would else fit no key.

    Raises UserError also where it is another's.
    """
    signature = sign(private, passphrase, message)
    if not is_signature(kind, public, signature, message):
        raise UserError(f"The private key is not that of the key {key_id(public)[:16]}: {_MEND}.")
    return signature


def is_signature(kind: KeyKind, public: str, signature: bytes, message: bytes) -> bool:
    """Whether a signature of any length is that of a public key in PEM over a message."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256

    key = _public_key(public)
    try:
        if kind == "models":
            key.verify(signature, message, ec.ECDSA(SHA256()))
        else:
            key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def public_key_of(text: str) -> tuple[str, KeyKind, str]:
    """The id of a public key in PEM, its kind, and the same key as this package writes it.

    Raises ValueError for a private key, for what is no key, and for a key of another kind.
    """
    from cryptography.hazmat.primitives.asymmetric import ed25519

    if "PRIVATE KEY" in text:
        raise ValueError("it is a private key, which nobody but its owner should have")
    key = _public_key(text)
    kind: KeyKind = "certificates" if isinstance(key, ed25519.Ed25519PublicKey) else "models"
    pem = _public_pem(key)
    return key_id(pem), kind, pem


def key_id(public: str) -> str:
    """The SHA-256 of a public key in PEM, of its DER, as 64 hex digits."""
    lines = public.strip().splitlines()
    return hashlib.sha256(base64.b64decode("".join(lines[1:-1]))).hexdigest()


def _public_key(public: str) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(public.encode("utf-8", "replace"))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError(f"it is no public key in PEM ({_first_line(error)})") from error
    is_p256 = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    if not is_p256 and not isinstance(key, ed25519.Ed25519PublicKey):
        raise ValueError("it is a key of another kind than Ed25519 and ECDSA P-256")
    return key


def _public_pem(key: Any) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return str(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii"))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["unknown form"])[0].partition(". See http")[0][:100]
