"""The log of decisions: rows are added to the database and followed in memory, whoever added them.

Nothing is overwritten: a reviewer who decides again adds a row that names the one it replaces, and an undo is such a row too.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace

import sqlalchemy as sa

from secondhalf.review.database import DECISIONS, ReviewDatabase, now

UNDO = "undo"
_MANY = 500  # rows in one statement


@dataclass(frozen=True, slots=True)
class ReviewDecision:
    """A row of the log; see `database`. `number` and `time` are given when it is added."""

    reviewer: str
    role: str
    kind: str
    item: str
    subject: str
    id: str
    action: str
    seen: str
    text: str = ""
    reason: str = ""
    queue: str = ""
    replaces: int = 0
    source: str = "page"
    time: str = ""
    number: int = 0


class ReplacedError(Exception):
    """The row that a decision would replace is not the reviewer's last one on the item; `last` is."""

    def __init__(self, last: ReviewDecision | None) -> None:
        super().__init__("the decision was made on an older state")
        self.last = last


class ReviewLog:
    """All decisions: `standing` has, by item and reviewer, those that nothing replaced and nobody took back.

    May be used from several threads. `version` grows with every row, `undone` with every undo.
    """

    def __init__(self, database: ReviewDatabase) -> None:
        self._database, self._lock = database, threading.RLock()
        self.standing: dict[str, dict[str, ReviewDecision]] = {}
        self.rows: list[ReviewDecision] = []
        self.undone = 0
        self._last: dict[tuple[str, str], ReviewDecision] = {}
        self._by_reviewer: dict[str, list[ReviewDecision]] = {}
        self.follow()

    @property
    def version(self) -> int:
        """How many rows are known."""
        return len(self.rows)

    def follow(self) -> None:
        """Takes in the rows that were added since, by this process or another. Raises ReviewDatabaseError."""
        with self._lock:
            last = self.rows[-1].number if self.rows else 0
            query = sa.select(*(DECISIONS.c[f.name] for f in fields(ReviewDecision)))
            query = query.where(DECISIONS.c.number > last).order_by(DECISIONS.c.number)
            for row in self._database.read(query):
                self._take(ReviewDecision(**row._mapping))

    def _take(self, row: ReviewDecision) -> None:
        self.rows.append(row)
        self._last[row.item, row.reviewer] = row
        self._by_reviewer.setdefault(row.reviewer, []).append(row)
        if row.action == UNDO:
            self.undone += 1
            self.standing.get(row.item, {}).pop(row.reviewer, None)
        else:
            self.standing.setdefault(row.item, {})[row.reviewer] = row

    def last(self, item: str, reviewer: str) -> ReviewDecision | None:
        """A reviewer's last row on an item, an undo too; None where there is none."""
        return self._last.get((item, reviewer))

    def of_reviewer(self, reviewer: str) -> list[ReviewDecision]:
        """A reviewer's rows, in order."""
        return list(self._by_reviewer.get(reviewer, ()))

    def add(self, decision: ReviewDecision) -> ReviewDecision:
        """Adds a row; returns it with number and time. A row that is posted again is not added again: the first is returned.

        Raises ReplacedError, and ReviewDatabaseError.
        """
        with self._lock:
            try:
                with self._database.writing() as connection:
                    values = asdict(replace(decision, time=now()))
                    del values["number"]
                    if self._newest(connection, decision) != decision.replaces:
                        raise ReplacedError(None)
                    connection.execute(DECISIONS.insert().values(values))
            except (sa.exc.IntegrityError, ReplacedError) as error:
                self.follow()
                last = self.last(decision.item, decision.reviewer)
                if last and _is_same(last, decision):
                    return last
                raise ReplacedError(last) from error
            self.follow()
            return self._last[decision.item, decision.reviewer]

    def _newest(self, connection: sa.Connection, decision: ReviewDecision) -> int:
        mine = (DECISIONS.c.reviewer == decision.reviewer) & (DECISIONS.c.item == decision.item)
        return int(connection.execute(sa.select(sa.func.max(DECISIONS.c.number)).where(mine)).scalar() or 0)

    def add_all(self, decisions: Iterable[ReviewDecision]) -> int:
        """Adds imported rows, each after the reviewer's last on its item, all or none; returns how many were new.

        One that says what the reviewer's standing decision says is not added again.
        """
        with self._lock:
            new: list[dict[str, object]] = []
            last: dict[tuple[str, str], ReviewDecision] = {}
            with self._database.writing() as connection:
                self.follow()  # nobody else adds a row from here on
                number = int(connection.execute(sa.select(sa.func.max(DECISIONS.c.number))).scalar() or 0)
                for decision in decisions:
                    key = decision.item, decision.reviewer
                    before = last.get(key) or self._last.get(key)
                    if before and _says_the_same(before, decision):
                        continue
                    number += 1
                    row = replace(
                        decision, number=number, time=decision.time or now(), replaces=before.number if before else 0
                    )
                    last[key] = row
                    new.append(asdict(row))
                for start in range(0, len(new), _MANY):
                    connection.execute(DECISIONS.insert(), new[start : start + _MANY])
                if new and connection.dialect.name == "postgresql":
                    sequence = sa.func.pg_get_serial_sequence("decisions", "number")
                    connection.execute(sa.select(sa.func.setval(sequence, number)))
            self.follow()
            return len(new)


def _is_same(last: ReviewDecision, decision: ReviewDecision) -> bool:
    return last.replaces == decision.replaces and _says_the_same(last, decision)


def _says_the_same(last: ReviewDecision, decision: ReviewDecision) -> bool:
    return (last.action, last.text, last.reason, last.seen) == (
        decision.action, decision.text, decision.reason, decision.seen,
    )  # fmt: skip


def as_row(decision: ReviewDecision) -> Mapping[str, object]:
    """A decision as a row of the exported log."""
    return {"number": decision.number, "time": decision.time} | {
        name: value for name, value in asdict(decision).items() if name not in {"number", "time"}
    }
