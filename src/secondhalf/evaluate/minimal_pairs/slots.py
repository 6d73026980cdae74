"""Texts with slots: "a cup of {tea|coffee}" stands for two texts that differ in that slot alone."""

import re

from secondhalf.errors import UserError

_SLOT = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")


def fill_slots(text: str) -> tuple[str, str]:
    """The text with the first alternative of every slot, and with the second. Raises UserError where they are the same."""
    first, second = (_SLOT.sub(rf"\{side}", text) for side in (1, 2))
    if first == second or "{" in first + second or "}" in first + second:
        raise UserError(f"{text!r} has no slot, or a broken one; write {{one|other}}.")
    return first, second


def first_slot(text: str) -> tuple[str, str]:
    """The two alternatives of the first slot. Raises UserError where there is none."""
    slot = _SLOT.search(text)
    if not slot:
        raise UserError(f"{text!r} has no slot; write {{one|other}}.")
    return slot[1], slot[2]
