"""Numbers as a command line names them, held to their limits before anything is looked up or loaded."""

import argparse
import math
from collections.abc import Callable

_MOST = 2**63 - 1  # what databases and recipes hold


def whole_number(least: int, most: int = _MOST) -> Callable[[str], int]:
    """The type of an option that takes a whole number from `least` to `most`, as people write it (800000 or 800,000)."""

    def read(text: str) -> int:
        digits = text.strip().replace(",", "").replace("_", "")
        is_number = digits.isascii() and digits.removeprefix("-").isdecimal() and len(digits) <= 25
        if is_number and least <= int(digits) <= most:
            return int(digits)
        if most == _MOST:
            raise argparse.ArgumentTypeError(f"{text[:40]!r} is no whole number from {least} on")
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no whole number from {least} to {most}")

    return read


def decimal_from_zero(text: str) -> float:
    """A number of 0 or more: not nan or inf, which Python takes for numbers. Raises ArgumentTypeError for another text."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number from 0 on")
    return value
