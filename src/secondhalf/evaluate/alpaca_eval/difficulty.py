"""How difficult AlpacaEval's instructions are, from a file of the published form: none is part of this package.

instruction_difficulty.csv   the instruction's number, and its difficulty, whatever the columns are called
df_gamed.csv                 index, instruction_difficulty, preference, std_delta_len: also the judgments of the baseline
                             told to be brief and to be wordy, with which the rate is the published one

Instructions are numbered from 0 in the order of the benchmark's own file, so both must be of one set.
"""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.evaluate.alpaca_eval.prompts import AlpacaEvalInstruction

_FIELD = "evaluate.benchmarks.difficulty"
_GAMED = ("index", "instruction_difficulty", "preference", "std_delta_len")


@dataclass(frozen=True)
class InstructionDifficulty:
    """What a file knows of the instructions."""

    by_id: dict[str, float]
    """How difficult each is, by its id."""
    baseline: list[tuple[float, float, float]]
    """The baseline's own rows, as statistics/length_controlled.py has them."""


def load_difficulty(path: Path, instructions: Sequence[AlpacaEvalInstruction]) -> InstructionDifficulty:
    """The difficulties of a file for all instructions of the benchmark's file. Raises UserError naming file, row and column."""
    header, rows = _read(path)
    gamed = set(_GAMED) <= set(header)
    columns = [header.index(name) for name in _GAMED] if gamed else [0, 1]
    values = [[_number(row, column, header, f"{path}, row {n}") for column in columns] for n, row in enumerate(rows, 1)]
    by_index = {number: difficulty for number, difficulty, *_ in reversed(values)}
    if sorted(by_index) != list(range(len(instructions))):
        raise UserError(
            f"{path} has difficulties for {len(by_index)} instructions, numbered {min(by_index):g} to {max(by_index):g}, and the "
            f"benchmark's file has {len(instructions)}: {_FIELD} and path name files of one set."
        )
    by_id = {one.id: by_index[number] for number, one in enumerate(instructions)}
    # The file has the baseline's length minus the other's.
    baseline = [(preference, -delta, difficulty) for _, difficulty, preference, delta in values] if gamed else []
    return InstructionDifficulty(by_id, baseline)


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        rows = [row for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"))) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} cannot be read as CSV ({error}): correct {_FIELD}.") from error
    if len(rows) < 2 or len(rows[0]) < 2:
        raise UserError(f"{path} holds no difficulties: {_FIELD} names instruction_difficulty.csv or df_gamed.csv.")
    return rows[0], rows[1:]


def _number(row: list[str], column: int, header: list[str], where: str) -> float:
    try:
        value = float(row[column])
    except (IndexError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        raise UserError(f"{where}: {header[column] or f'column {column + 1}'} is no number; correct it.")
    return value
