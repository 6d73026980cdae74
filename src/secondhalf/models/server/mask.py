"""Blots a key out of what a server answered, before it is stored or printed: some repeat the request, headers and all."""

import json
from base64 import b64encode
from dataclasses import replace
from urllib.parse import quote

from secondhalf.models.request import Reply

_SHORTEST = 8  # characters: EMPTY, none and ollama are no secrets, and words of honest text


def mask(text: str, secret: str) -> str:
    """The text with [key] for each occurrence of the secret, as it is, in an address, in JSON or in base64."""
    if not secret or not text:
        return text
    encoded = b64encode(secret.encode()).decode()
    for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1], encoded, encoded.rstrip("=")):
        text = text.replace(form, "[key]")
    return text


def mask_reply(reply: Reply, secret: str) -> Reply:
    """The reply with the secret blotted out wherever a server can put words. A key as short as a word is none."""
    if len(secret) < _SHORTEST:
        return reply
    return replace(
        reply,
        text=mask(reply.text, secret),
        finish=mask(reply.finish, secret),
        model=mask(reply.model, secret),
        first_tokens=mask(reply.first_tokens, secret),
    )
