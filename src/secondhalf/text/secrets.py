"""Secrets in texts: keys that this process has read, and logins in addresses, blotted out before a text is stored or printed.

A server that echoes its key would otherwise put it into the journal, the tables and the report; an address with a password
would stand in recipes, manifests and errors.
"""

import json
import re
from urllib.parse import quote

KEY, LOGIN = "[key]", "[login]"
"""What stands where a key, or the login of an address, stood."""

_SHORTEST = 8  # characters; placeholders of local servers such as EMPTY are shorter, and may be words of honest text
_LOGIN = re.compile(r'(?<=://)[^\s/?#"<>]{1,500}@')
_ADDRESS = re.compile(r'[A-Za-z][A-Za-z0-9+.-]{0,30}(?:::[A-Za-z0-9+.-]{1,30})*://[^\s/?#"<>]{1,500}@')
_keys: set[str] = set()


def remember_key(key: str) -> None:
    """Has `mask_keys` blot a key out for as long as this process lives; one of under eight characters stays as it is."""
    if len(key) >= _SHORTEST:
        _keys.update((key, quote(key, safe=""), json.dumps(key)[1:-1]))


def mask_keys(text: str) -> str:
    """The text without the keys that were remembered: what a reply may be stored as. Addresses in it stay whole."""
    # The longest first: one key may be the beginning of another.
    for key in sorted(_keys, key=len, reverse=True):
        if key in text:
            text = text.replace(key, KEY)
    return text


def mask_secrets(text: str, key: str = "") -> str:
    """The text without keys and without the logins of addresses: what may be printed. `key`: one more, of any length."""
    text = mask_keys(text.replace(key, KEY) if key else text)
    return _LOGIN.sub(f"{LOGIN}@", text) if "://" in text else text


def has_login(address: str) -> bool:
    """Whether a text is an address with a user's name or a password in it, such as ftp://USER:PASSWORD@HOST."""
    return _ADDRESS.match(address.strip()) is not None
