"""What the doctor's checks report, one line each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line of the examination. `ready` is false when the recipe cannot run as it is."""

    what: str
    message: str
    ready: bool

    def as_dict(self) -> dict[str, str | bool]:
        """The line for programs, as `doctor --json` prints it: `found` is the message."""
        return {"what": self.what, "found": self.message, "ready": self.ready}
