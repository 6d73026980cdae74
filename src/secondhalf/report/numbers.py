"""Numbers as people read them: sensible digits, units, signs; differences always carry a sign.

Formats only; what a number means is told by its caller.
"""

import math
from collections.abc import Iterable
from datetime import datetime

from secondhalf.analysis.facts import Unit

NARROW = "\u202f"  # The narrow no-break space between a number and its unit.
_MOST = {"share": 2, "nats": 4, "points": 2, "count": 2}


def scale(unit: Unit) -> float:
    """Shares are shown in percent, everything else as it is."""
    return 100.0 if unit == "share" else 1.0


def decimals(widths: Iterable[float], unit: Unit) -> int:
    """Decimals for a column of figures whose intervals have these widths: two digits of the narrowest that has one."""
    wide = [width * scale(unit) for width in widths if width > 0]
    if not wide:
        return 1 if unit == "share" else min(2, _MOST[unit])
    return min(_MOST[unit], max(0, 1 - math.floor(math.log10(min(wide)))))


def plain(value: float, unit: Unit, digits: int) -> str:
    """A value in its unit's scale, without the unit."""
    return _minus(_fixed(value * scale(unit), digits))


def signed(value: float, unit: Unit, digits: int) -> str:
    """A difference with its sign; a difference that rounds to nothing is ±0."""
    shown = _fixed(value * scale(unit), digits)
    if not any(c in "123456789" for c in shown):
        return "±" + shown.lstrip("-")
    return _minus(shown if shown.startswith("-") else "+" + shown)


def figure(value: float, unit: Unit, digits: int) -> str:
    """A value with its percent sign where it is a share."""
    return plain(value, unit, digits) + (f"{NARROW}%" if unit == "share" else "")


def share(part: float, whole: float) -> str:
    """A part of a whole in percent; an empty whole has no share."""
    if whole <= 0:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return f"<{NARROW}0.1{NARROW}%"
    return f"{percent:.{0 if percent in (0, 100) else 1}f}{NARROW}%"


def count(value: float) -> str:
    """A whole number with separators."""
    return _minus(f"{round(value):,}")


def duration(seconds: float, language: str) -> str:
    """Seconds as the two largest units that matter."""
    hour, minute, second = ("時間", "分", "秒") if language == "ja" else ("h", "min", "s")
    if seconds < 9.95:
        return f"{seconds:.1f}{NARROW}{second}"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}{NARROW}{second}"
    if whole < 3600:
        return f"{whole // 60}{NARROW}{minute}" + (
            f" {whole % 60}{NARROW}{second}" if whole < 600 and whole % 60 else ""
        )
    minutes = round(seconds / 60)
    return f"{minutes // 60:,}{NARROW}{hour}" + (f" {minutes % 60}{NARROW}{minute}" if minutes % 60 else "")


def money(value: float, currency: str, language: str) -> str:
    """An amount with its currency: two decimals, more for small ones; yen have none from 100 on."""
    size = abs(value)
    if 0 < size < 1:  # noqa: SIM108
        digits = min(8, max(2, 1 - math.floor(math.log10(size))))
    else:
        digits = 0 if currency == "JPY" and size >= 100 else 2
    amount = f"{value:,.{digits}f}"
    if digits > 2:
        whole, _, cents = amount.partition(".")
        amount = f"{whole}.{cents.rstrip('0'):0<2}"
    name = "円" if currency == "JPY" and language == "ja" else currency
    return f"{_minus(amount)}{NARROW}{name}"


def p_value(p: float) -> str:
    """A p-value with its relation sign; below a thousandth only that."""
    return "< 0.001" if p < 0.001 else f"= {p:.{3 if p < 0.1 else 2}f}"


def when(created: str, language: str) -> str:
    """An ISO time as a date and a time of day; what is none comes back as it is."""
    try:
        moment = datetime.fromisoformat(created)
    except ValueError:
        return created
    day = f"{moment.year}年{moment.month}月{moment.day}日" if language == "ja" else f"{moment.day} {moment:%B %Y}"
    return f"{day} {moment:%H:%M}" + (f" {moment.tzname()}" if moment.tzinfo else "")


def tied(text: str) -> str:
    """A sentence whose percent signs stay on the line of their numbers."""
    return text.replace(" %", f"{NARROW}%")


def _fixed(value: float, digits: int) -> str:
    # Adding 0.0 turns the -0.0 of a rounded figure into 0.0.
    return f"{value:.3g}" if abs(value) >= 1e9 else f"{round(value, digits) + 0.0:,.{digits}f}"


def _minus(text: str) -> str:
    return text.replace("-", "\u2212", 1) if text.startswith("-") else text
