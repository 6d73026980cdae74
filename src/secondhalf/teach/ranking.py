"""Teachers ranked by how well what they wrote in the pilot fits: accepted, finished, and likely to the untouched student.

Ours. Likelihood alone favours what repeats or copies, so it is that of accepted replies, and the audit's share stands first in
the row; on the student's part see fit.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import pyarrow as pa

from secondhalf.statistics import compare
from secondhalf.text.table import format_table

PILOT_PAIRS = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("teacher", pa.string(), nullable=False),
        pa.field("accepted", pa.bool_(), nullable=False),
        pa.field("finished", pa.bool_(), nullable=False),
        pa.field("loglikelihood", pa.float64()),
    ]
)
"""One pair of one teacher's pilot; `loglikelihood` in nats a token, null where it was not measured or refused."""


@dataclass(frozen=True)
class TeacherFit:
    """One teacher's place. Shares are of the pilot's pairs, 0 to 1; log-likelihoods in nats a token, of accepted replies."""

    data: str
    teacher: str
    """The name under `teachers`; empty where the data set has one."""
    model: str
    pairs: int
    accepted: float
    finished: float
    loglikelihood: float | None
    """None where nothing was accepted, or no student is there to measure by."""
    difference: float | None = None
    """The best teacher's minus this one's, over the halves of which both replies were accepted; None for the best itself, and
    where there are fewer than two such halves."""
    low: float | None = None
    high: float | None = None
    halves: int = 0
    """Halves behind the difference."""
    noise: bool | None = None
    """Whether the two cannot be told apart."""


def rank_teachers(pilots: Mapping[tuple[str, str], tuple[str, Sequence[Mapping[str, Any]]]]) -> list[TeacherFit]:
    """The teachers of one split, the one that fits best first: by log-likelihood, else by the share accepted.

    `pilots`: by data set and teacher its model, and its rows of PILOT_PAIRS.
    """
    values = {
        key: {row["id"]: row["loglikelihood"] for row in rows if row["loglikelihood"] is not None}
        for key, (_, rows) in pilots.items()
    }
    rows = [_alone(key, *pilots[key], list(values[key].values())) for key in pilots]
    rows.sort(
        key=lambda row: (row.loglikelihood is None, -(row.loglikelihood or 0.0), -row.accepted, row.data, row.teacher)
    )
    best = values[rows[0].data, rows[0].teacher] if rows else {}
    return rows[:1] + [_against(best, row, values[row.data, row.teacher]) for row in rows[1:]]


def _alone(key: tuple[str, str], model: str, rows: Sequence[Mapping[str, Any]], values: list[float]) -> TeacherFit:
    size = max(1, len(rows))
    accepted, finished = (sum(row[name] for row in rows) / size for name in ("accepted", "finished"))
    return TeacherFit(*key, model, len(rows), accepted, finished, fmean(values) if values else None)


def _against(best: Mapping[str, float], row: TeacherFit, own: Mapping[str, float]) -> TeacherFit:
    both = sorted(best.keys() & own.keys())
    if len(both) < 2:
        return row
    compared = compare([best[id] for id in both], [own[id] for id in both])
    return TeacherFit(
        row.data, row.teacher, row.model, row.pairs, row.accepted, row.finished, row.loglikelihood, compared.difference,
        compared.low, compared.high, compared.prompts, compared.noise,
    )  # fmt: skip


def ranking_as_text(rows: Sequence[TeacherFit], say: Callable[[str], str] = str) -> str:
    """A table for a terminal, and below it what its last column rests on. `say`: in the user's language."""
    cells = [
        [
            " ".join(filter(None, (row.data, row.teacher))),
            row.model.partition("#")[0],
            str(row.pairs),
            f"{row.accepted:.0%}",
            f"{row.finished:.0%}",
            "-" if row.loglikelihood is None else f"{row.loglikelihood:.3f}",
            say(_difference(row)),
        ]
        for row in rows
    ]
    head = ["teacher", "model", "pairs", "accepted", "finished", "log-likelihood", "best minus this [95 %]"]
    return (
        format_table(cells, [say(name) for name in head])
        + "\n\n"
        + say(
            "Log-likelihood: nats a token of accepted replies under the untouched student; differences over the halves that both "
            "had accepted. It shows what is near to the student, not what is right."
        )
    )


def _difference(row: TeacherFit) -> str:
    if row.difference is None:
        return "-"
    return f"{row.difference:+.3f} [{row.low:.3f}, {row.high:.3f}], {row.halves} halves{', noise' if row.noise else ''}"
