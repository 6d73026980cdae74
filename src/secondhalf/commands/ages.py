"""Ages as they are written on the command line: 12h, 90d, 8w."""

import re

from secondhalf.errors import UserError

_UNITS = {"h": 3600, "d": 86400, "w": 604800}


def read_age(text: str, option: str) -> int:
    """Seconds. Raises UserError that names the option."""
    match = re.fullmatch(r"([0-9]{1,6})([hdw])", text)
    if not match:
        raise UserError(f"{option} {text}: write a number with h, d or w, such as 90d.")
    return int(match[1]) * _UNITS[match[2]]
