"""The log of decisions: rows are added to the database and followed in memory, whoever added them.

Nothing is overwritten: a reviewer who decides again adds a row that names the one it replaces, and an undo is such a row too.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime

import sqlalchemy as sa

from secondhalf.review.database import DECISIONS, ReviewDatabase, ReviewDatabaseError, now
from secondhalf.review.items import ACTIONS, is_of_kind

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


_TEXTS = tuple(one.name for one in fields(ReviewDecision) if one.name not in {"number", "replaces"})


@dataclass(frozen=True, slots=True)
class LogSnapshot:
    """What stood at one moment: `standing` and `rows` as `ReviewLog` has them."""

    standing: dict[str, dict[str, ReviewDecision]]
    rows: list[ReviewDecision]


class ReplacedError(Exception):
    """The row that a decision would replace is not the reviewer's last one on the item; `last` is."""

    def __init__(self, last: ReviewDecision | None) -> None:
        super().__init__("the decision was made on an older state")
        self.last = last


@dataclass(slots=True)
class _Pending:
    """A decision on its way into the table: it is kept, or there is an error."""

    decision: ReviewDecision
    kept: ReviewDecision | None = None
    error: Exception | None = None


class ReviewLog:
    """All decisions: `standing` has, by item and reviewer, those that nothing replaced and nobody took back.

    May be used from several threads. `version` grows with every row, `undone` with every undo.
    """

    def __init__(self, database: ReviewDatabase) -> None:
        self._database, self._lock = database, threading.RLock()
        self.standing: dict[str, dict[str, ReviewDecision]] = {}
        self.rows: list[ReviewDecision] = []
        self.undone = 0
        self._enqueuing = threading.Lock()
        self._pending: list[_Pending] = []
        self._last: dict[tuple[str, str], ReviewDecision] = {}
        self._by_reviewer: dict[str, list[ReviewDecision]] = {}
        self.follow()

    @property
    def version(self) -> int:
        """How many rows are known."""
        return len(self.rows)

    def follow(self, *, wait: bool = True) -> None:
        """Takes in the rows that were added since, by this process or another. Raises ReviewDatabaseError.

        `wait=False`: not now where a row is being written, which the disk may take long over; whoever reads need not wait for it.
        """
        if not self._lock.acquire(blocking=wait):
            return
        try:
            last = self.rows[-1].number if self.rows else 0
            query = sa.select(*(DECISIONS.c[f.name] for f in fields(ReviewDecision)))
            query = query.where(DECISIONS.c.number > last).order_by(DECISIONS.c.number)
            for row in self._database.read(query):
                decision = ReviewDecision(**row._mapping)
                _check_ours(decision)
                self._take(decision)
        finally:
            self._lock.release()

    def _take(self, row: ReviewDecision) -> None:
        self.rows.append(row)
        self._last[row.item, row.reviewer] = row
        self._by_reviewer.setdefault(row.reviewer, []).append(row)
        if row.action == UNDO:
            self.undone += 1
            self.standing.get(row.item, {}).pop(row.reviewer, None)
        else:
            self.standing.setdefault(row.item, {})[row.reviewer] = row

    def snapshot(self) -> "LogSnapshot":
        """The log as it is now, which no row that comes meanwhile changes."""
        with self._lock:
            return LogSnapshot({item: dict(rows) for item, rows in self.standing.items()}, list(self.rows))

    def last(self, item: str, reviewer: str) -> ReviewDecision | None:
        """A reviewer's last row on an item, an undo too; None where there is none."""
        return self._last.get((item, reviewer))

    def of_reviewer(self, reviewer: str) -> list[ReviewDecision]:
        """A reviewer's rows, in order."""
        return list(self._by_reviewer.get(reviewer, ()))

    def add(self, decision: ReviewDecision) -> ReviewDecision:
        """Adds a row; returns it with number and time. A row that is posted again is not added again: the first is returned.

        Raises ReplacedError, and ReviewDatabaseError. Rows of several threads that come while one is being written go into the
        next transaction together: a disk takes as long for many as for one.
        """
        entry = _Pending(decision)
        with self._enqueuing:
            self._pending.append(entry)
        with self._lock:
            if entry.kept is None and entry.error is None:
                with self._enqueuing:
                    entries, self._pending = self._pending, []
                self._write(entries)
        if entry.error:
            raise entry.error
        assert entry.kept
        return entry.kept

    def _write(self, entries: list["_Pending"]) -> None:
        """Settles each entry. Others' rows that are not followed yet may break the rule of the table: then one by one."""
        try:
            new = [entry for entry in entries if self._settled(entry)]
            if not new:
                return
            rows = self._inserted([entry.decision for entry in new])
        except sa.exc.IntegrityError as error:
            if len(new) > 1:
                for entry in new:
                    self._write([entry])
                return
            try:
                self.follow()
                if self._settled(new[0]):
                    new[0].error = error
            except ReviewDatabaseError as fault:
                new[0].error = fault
        except ReviewDatabaseError as error:
            for entry in entries:
                entry.error = entry.error or (None if entry.kept else error)
        else:
            for entry, row in zip(new, rows, strict=True):
                entry.kept = row

    def _settled(self, entry: "_Pending") -> bool:
        """Whether an entry still has to be written: it is the reviewer's next row on the item, as far as is known."""
        decision = entry.decision
        for attempt in range(2):
            last = self.last(decision.item, decision.reviewer)
            if (last.number if last else 0) == decision.replaces:
                return True
            if last and _is_same(last, decision):
                entry.kept = last
                return False
            if attempt == 0:
                self.follow()  # it may come after a row that another process added
        entry.error = ReplacedError(last)
        return False

    def _inserted(self, decisions: list[ReviewDecision]) -> list[ReviewDecision]:
        """The rows, as they were written in one transaction. Two on one item by one reviewer are not written together."""
        with self._database.writing() as connection:
            number, time = self._newest(connection), now()
            rows = [replace(one, number=number + place, time=time) for place, one in enumerate(decisions, 1)]
            connection.execute(DECISIONS.insert(), [asdict(row) for row in rows])
        if number == (self.rows[-1].number if self.rows else 0):
            for row in rows:
                self._take(row)
        else:
            self.follow()
        return rows

    def _newest(self, connection: sa.Connection) -> int:
        """The last row's number. Writers take turns, so the next one is theirs."""
        return int(connection.execute(sa.select(sa.func.max(DECISIONS.c.number))).scalar() or 0)

    def add_all(self, decisions: Iterable[ReviewDecision]) -> int:
        """Adds imported rows, each after the reviewer's last on its item, all or none; returns how many were new.

        One that says what the reviewer's standing decision says is not added again.
        """
        with self._lock:
            new: list[dict[str, object]] = []
            last: dict[tuple[str, str], ReviewDecision] = {}
            with self._database.writing() as connection:
                self.follow()  # nobody else adds a row from here on
                number = self._newest(connection)
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
            self.follow()
            return len(new)


def _check_ours(row: ReviewDecision) -> None:
    """Raises ReviewDatabaseError for a row that nothing of ours wrote: figures and files would fail on it."""
    texts = all(isinstance(getattr(row, name), str) for name in _TEXTS)
    known = texts and row.action in (*ACTIONS.get(row.kind, ()), UNDO) and is_of_kind(row.item, row.kind)
    if not known or not _has_time(row):
        raise ReviewDatabaseError(f"row {row.number} of its decisions is none that a review writes", busy=False)


def _has_time(row: ReviewDecision) -> bool:
    if row.source != "page":  # imported rows have what other tools wrote
        return True
    try:
        datetime.fromisoformat(row.time)
    except ValueError:
        return False
    return True


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
