"""Refuses text with characters that no one can see: controls, bidirectional overrides, the mark of broken encodings."""

import re

from pydantic import Field

from secondhalf.rows import Document, Verdict
from secondhalf.settings import Settings


class CharacterSettings(Settings):
    """What is tolerated of invisible characters."""

    max_invisible: int = Field(0, ge=0)
    """Most control characters, bidirectional overrides and replacement characters in a document. Ours."""


# C0 and C1 controls but tab, newline and return; bidirectional embeddings and isolates; U+FFFD; noncharacters.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffd\ufffe\uffff]")


def characters(document: Document, settings: CharacterSettings) -> Verdict:
    """Score: how many there are. The span is the first one."""
    found = list(_INVISIBLE.finditer(document.text))
    if len(found) <= settings.max_invisible:
        return Verdict(document.id, "characters", True, float(len(found)))
    start, end = found[0].span()
    reason = "control characters or a broken encoding"
    return Verdict(document.id, "characters", False, float(len(found)), reason, start, end)
