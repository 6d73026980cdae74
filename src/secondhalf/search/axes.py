"""The axes of a search: a field of the recipe, and the values or the range that are tried for it.

    train.rank=8,16,32            values, as `--set` would take them
    train.rank=4..64              a range of whole numbers, both ends included
    train.learning_rate=1e-5..1e-3:log   a range of numbers, tried evenly on a logarithmic scale

A setting is one value a field, written as `--set FIELD=VALUE` reads it.
"""

import math
import re
from dataclasses import dataclass
from itertools import product

from secondhalf.errors import UserError

Setting = dict[str, str]
"""One value for each field, as `--set` would take it."""

_NUMBER = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\.\.({_NUMBER})(:log)?")
_WHOLE = re.compile(r"[-+]?\d+")
_EXAMPLE = "write FIELD=VALUE,VALUE or FIELD=LOW..HIGH[:log], each field once, such as train.learning_rate=3e-4,6e-4"


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, both included."""

    low: float
    high: float
    log: bool
    whole: bool

    def written(self, value: float) -> str:
        """A value of the range as `--set` takes it: four significant digits, that a person can read and type."""
        if self.whole:
            return str(round(value))
        shown = float(f"{value:.4g}")
        return repr(min(max(shown, self.low), self.high))


@dataclass(frozen=True)
class Axis:
    """A field, and either the values or the range that are tried."""

    field: str
    values: tuple[str, ...] = ()
    range: Range | None = None

    @property
    def ends(self) -> tuple[str, ...]:
        """The values, or the ends of the range: if the recipe takes these, it takes what lies between."""
        if self.range is None:
            return self.values
        return self.range.written(self.range.low), self.range.written(self.range.high)

    @property
    def size(self) -> float:
        """How many values there are; infinite for a range of numbers that are not whole."""
        if self.range is None:
            return len(self.values)
        return self.range.high - self.range.low + 1 if self.range.whole else math.inf


def read_axes(options: list[str], fixed: dict[str, str]) -> list[Axis]:
    """The axes of `--over` options. `fixed`: beginnings of fields that may not differ between trials, and why.

    Raises UserError for what is no axis, for a field that stands twice, and for one that is fixed.
    """
    axes: dict[str, Axis] = {}
    for option in options:
        field, _, text = (part.strip() for part in option.partition("="))
        if not all(field.split(".")) or not text or field in axes:
            raise UserError(f"--over {option}: {_EXAMPLE}.")
        reason = next((why for name, why in fixed.items() if field == name or field.startswith(f"{name}.")), None)
        if reason:
            raise UserError(f"--over {option}: {reason}.")
        axes[field] = _axis(field, text, option)
    return list(axes.values())


def _axis(field: str, text: str, option: str) -> Axis:
    if text.endswith(":log") or _RANGE.fullmatch(text):
        return Axis(field, range=_range(text, option))
    values = [value.strip() for value in text.split(",") if value.strip()]
    if not values:
        raise UserError(f"--over {option}: {_EXAMPLE}.")
    return Axis(field, tuple(dict.fromkeys(values)))


def _range(text: str, option: str) -> Range:
    match = _RANGE.fullmatch(text)
    if not match:
        raise UserError(f"--over {option}: a range is LOW..HIGH or LOW..HIGH:log, such as 1e-5..1e-3:log.")
    low, high, log = float(match[1]), float(match[2]), bool(match[3])
    if low >= high:
        raise UserError(f"--over {option}: the range has no width; write the smaller number first.")
    if log and low <= 0:
        raise UserError(f"--over {option}: a logarithmic range begins above 0; leave out :log.")
    return Range(low, high, log, all(_WHOLE.fullmatch(end) for end in (match[1], match[2])))


def combinations(axes: list[Axis]) -> list[Setting]:
    """Every combination of the axes' values, the last axis changing fastest. Raises UserError where one is a range."""
    for axis in axes:
        if axis.range is not None:
            raise UserError(
                f"--over {axis.field}: a grid tries every value, and a range has too many; name values, or search it with "
                "`secondhalf search --trials N`."
            )
    names = [axis.field for axis in axes]
    return [dict(zip(names, values, strict=True)) for values in product(*(axis.values for axis in axes))]


def named(setting: Setting) -> str:
    """A setting for people, such as "rank=8 epochs=2"."""
    return " ".join(f"{field.removeprefix('train.')}={value}" for field, value in setting.items())
