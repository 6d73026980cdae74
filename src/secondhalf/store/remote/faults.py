"""What is wrong with an address of objects, or with what its driver says."""

import re

from secondhalf.errors import UserError
from secondhalf.text.secrets import mask_environment, mask_secrets

_ONE_SLASH = re.compile(r"(?!file:|local:)[a-z][a-z0-9+.-]+:/(?!/)")


def check_place(url: str) -> None:
    """Raises UserError for an address that ends at its scheme, as with a variable that is not set: drivers take it for a folder
    here, and what was pushed would stand on this machine alone."""
    _, named, place = url.rpartition("://")
    if (named and not place.strip("/ ")) or _ONE_SLASH.match(url):
        raise UserError(
            f"{mask_secrets(url)} names no bucket and no folder: write it as s3://BUCKET/FOLDER (is a variable in it not set?)."
        )


def object_fault(place: str, done: str, error: Exception) -> UserError:
    """The sentence for an object that could not be read, written or listed: `done` what was to be."""
    lines = str(error).splitlines()
    reason = mask_environment(lines[0] if lines else type(error).__name__)[:200]
    return UserError(
        f"{place} could not be {done} ({reason}): look to the address, the network, the room there and the credentials, and "
        "give the same command again; what was sent is kept."
    )
