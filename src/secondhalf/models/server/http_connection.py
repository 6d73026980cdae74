"""What chat and batch API know of a connection whatever speaks over it: how it fails, what it brings, whom it trusts."""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import certifi

from secondhalf.errors import UserError


class UnreachableError(Exception):
    """No connection could be made."""


class BrokenError(Exception):
    """The connection broke off, or what came is no HTTP."""


class TooLongError(Exception):
    """The answer is longer than allowed; one that comes compressed, when it is decoded."""


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer; of a refusal, its beginning. Headers are found in either case of letters; the body is decoded."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def tls_context() -> ssl.SSLContext:
    """Trusts SSL_CERT_FILE and SSL_CERT_DIR, else the system's authorities, else certifi's.

    Raises UserError when SSL_CERT_FILE is not there: OpenSSL would then trust nobody, without a word.
    """
    named = os.environ.get("SSL_CERT_FILE")
    if named and not Path(named).is_file():
        raise UserError(f"SSL_CERT_FILE names {named}, which is no file: correct it, or unset it.")
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if not (paths.cafile or paths.capath or context.get_ca_certs()):
        context.load_verify_locations(certifi.where())
    return context
