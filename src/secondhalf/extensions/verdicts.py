"""The verdicts of users' functions: on one row, and what they say together of the function itself."""

import math
from collections.abc import Iterable
from numbers import Integral, Real

import pyarrow as pa
import pyarrow.compute as pc

from secondhalf.errors import UserError
from secondhalf.extensions.function import RowError, load_function
from secondhalf.extensions.path import dotted, is_path
from secondhalf.rows import Document, Pair, Verdict
from secondhalf.text.visible import escape_invisible

VERDICT = "a Verdict (secondhalf.rows: passed True or False, score a finite number, reason a text) or a list of them"
_LONGEST = 2**31 - 1  # characters that a place in a text may be from its beginning


def verdicts_of(row: Document | Pair, path: str, field: str) -> list[Verdict]:
    """The verdicts of a user's function on one row, its path their check; a failed one where it raised.

    Raises UserError for a function that returns no verdict.
    """
    function = load_function(path, field)
    try:
        result = function(row)
    except RowError as error:
        return [Verdict(row.id, path, False, 0.0, str(error))]
    verdicts = [result] if isinstance(result, Verdict) else result
    if not isinstance(verdicts, list) or not all(map(_is_verdict, verdicts)):
        raise function.wrong(result, VERDICT)
    return [
        Verdict(
            row.id, path, verdict.passed, float(verdict.score),
            escape_invisible(verdict.reason) or ("" if verdict.passed else f"refused by {dotted(path)}"),
            int(verdict.start), int(verdict.end),
        )
        for verdict in verdicts
    ]  # fmt: skip


def _is_verdict(value: object) -> bool:
    """Whether every field has its type, and numbers (numpy's, too) are such as can be kept: a row of a table takes no other."""
    if not isinstance(value, Verdict):
        return False
    numbers: list[tuple[object, type]] = [(value.score, Real), (value.start, Integral), (value.end, Integral)]
    plain = isinstance(value.passed, bool) and isinstance(value.reason, str)
    if not plain or not all(isinstance(number, kind) for number, kind in numbers):
        return False
    try:
        finite = math.isfinite(value.score)
    except OverflowError:  # a whole number that no float holds
        finite = False
    return finite and max(abs(value.start), abs(value.end)) <= _LONGEST


def check_rows(verdicts: Iterable[pa.Table], field: str, paths: Iterable[str]) -> None:
    """Raises UserError for a user's function that raised on every row of a stage: then it is the code that is at fault.

    `verdicts` are the stage's tables of them; built-in names among the paths are passed over.
    """
    passed = {path: 0 for path in paths if is_path(path)}
    first: dict[str, str] = {}
    for table in verdicts if passed else ():
        for path in passed:
            reasons = table.filter(pc.equal(table["check"], path))["reason"].to_pylist()
            raised = [reason for reason in reasons if reason.startswith(f"{dotted(path)} raised ")]
            passed[path] += len(reasons) - len(raised)
            if raised:
                first.setdefault(path, raised[0])
    for path, reason in first.items():
        if not passed[path]:
            raise UserError(
                f"{field}: {path} failed on every row: mend it, or let it return what such rows are worth; the first: {reason}."
            )
