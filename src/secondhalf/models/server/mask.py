"""Blots a key out of what a server answered, before it is stored or printed: some repeat the request, headers and all."""

from dataclasses import replace

from secondhalf.models.request import Reply
from secondhalf.text.secrets import SHORTEST, mask_key


def mask_reply(reply: Reply, secret: str) -> Reply:
    """The reply with the secret blotted out wherever a server can put words. A key as short as a word is none."""
    if len(secret) < SHORTEST:
        return reply
    return replace(
        reply,
        text=mask_key(reply.text, secret),
        finish=mask_key(reply.finish, secret),
        model=mask_key(reply.model, secret),
        first_tokens=mask_key(reply.first_tokens, secret),
    )
