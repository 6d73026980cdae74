"""Secrets in texts: keys that this process has read, and logins in addresses, blotted out before a text is stored or printed.

A server that echoes its key would otherwise put it into the journal, the tables and the report; an address with a password
would stand in recipes, manifests and errors.
"""

import json
import os
import re
from base64 import b64encode
from urllib.parse import quote

from secondhalf.text.key_shapes import shaped

KEY, LOGIN = "[key]", "[login]"
"""What stands where a key, or the login of an address, stood."""

SHORTEST = 8
"""Characters of a key that counts as one: EMPTY, none and ollama are no secrets, and words of honest text."""
_LOGIN = re.compile(r'(?<=://)[^\s/?#"<>]{1,500}@')
# ?api_key=..., &X-Amz-Signature=..., &sig=...
_QUERY = re.compile(
    r"""([?&][\w-]{0,40}(?:key|token|secret|password|credential|sig|signature)[\w-]{0,40}=)[^\s&#"'<>]+""", re.I
)
_ADDRESS = re.compile(r'[A-Za-z][A-Za-z0-9+.-]{0,30}(?:::[A-Za-z0-9+.-]{1,30})*://[^\s/?#"<>]{1,500}@')
_SECRET_NAME = re.compile(r"SECRET|TOKEN|PASSW|_KEY|SAS\b|CONNECTION_STRING", re.I)
_keys: set[str] = set()


def remember_key(key: str) -> None:
    """Has `mask_keys` blot a key out for as long as this process lives; one of under eight characters stays as it is."""
    if len(key) >= SHORTEST:
        _keys.add(key)


def mask_key(text: str, key: str) -> str:
    """The text with [key] for each occurrence of the key, as it is, in an address, in JSON or in base64."""
    if not key or not text:
        return text
    encoded = b64encode(key.encode("utf-8", "replace")).decode()
    for form in (key, quote(key, safe="", errors="replace"), json.dumps(key)[1:-1], encoded, encoded.rstrip("=")):
        text = text.replace(form, KEY)
    return text


def mask_keys(text: str) -> str:
    """The text without the keys that were remembered. Addresses in it stay whole."""
    # The longest first: one key may be the beginning of another.
    for key in sorted(_keys, key=len, reverse=True):
        text = mask_key(text, key)
    return text


def mask_secrets(text: str, key: str = "") -> str:
    """What may be printed of a text: without keys, also those of well-known shapes, and addresses in it without logins and keys.

    `key`: one more, of any length.
    """
    text = mask_keys(mask_key(text, key))
    for start, end in reversed(list(shaped(text))):
        text = text[:start] + KEY + text[end:]
    return _QUERY.sub(rf"\1{KEY}", _LOGIN.sub(f"{LOGIN}@", text)) if "://" in text else text


def mask_environment(text: str) -> str:
    """What may be printed of a fault of a driver's, which finds its credentials itself: as `mask_secrets`, and without what
    the environment calls a secret, a token, a password or a key."""
    for name, value in os.environ.items():
        if _SECRET_NAME.search(name) and len(value) >= SHORTEST and not value.startswith("/"):
            text = mask_key(text, value)
    return mask_secrets(text)


def has_login(address: str) -> bool:
    """Whether a text is an address with a user's name or a password in it, such as ftp://USER:PASSWORD@HOST."""
    return _ADDRESS.match(address.strip()) is not None
