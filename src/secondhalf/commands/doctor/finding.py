"""What the doctor found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line of the examination. `ready` is false when the recipe cannot run as it is."""

    what: str
    found: str
    ready: bool
