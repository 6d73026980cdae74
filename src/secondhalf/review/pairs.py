"""A run's pairs as items: as the teacher wrote them, with what the audit's checks found.

The random order is a hash's, so its beginning is a sample of the whole. The uncertain come first where a check's score is near
its limit, on either side; the flagged are those in which a check found something.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from secondhalf.audit.reviews import REVIEW_CHECK, judged_hash
from secondhalf.audit.stage import AuditSettings
from secondhalf.errors import UserError
from secondhalf.review.items import CheckNote, ReviewItem
from secondhalf.rows import digester
from secondhalf.runs import Label, Run
from secondhalf.text.nearest import hint

_COLUMNS = ("id", "language", "prompt", "original", "response")
_HALF = 0.5  # the limit of scores that are probabilities


class PairItems:
    """The pairs of one data set. Texts stay in Arrow's memory, and items are made when they are asked for."""

    def __init__(
        self, data: str, pairs: pa.Table, verdicts: pa.Table | None, settings: AuditSettings, seed: int
    ) -> None:
        self.data = data
        self._pairs = pairs.select(_COLUMNS).combine_chunks()
        self._rows = {f"pair:{data}:{id}": row for row, id in enumerate(self._pairs.column("id").to_pylist())}
        self._notes: dict[str, list[CheckNote]] = {}
        names = list(self._rows)
        hashed = digester("review", str(seed), size=16)
        self._hashes = {name: hashed(name) for name in names}
        order = sorted(names, key=self._hashes.__getitem__)
        self._orders = {"random": order}
        if verdicts is not None:
            verdicts = verdicts.filter(pc.not_equal(verdicts["check"], REVIEW_CHECK))
            self._read_notes(verdicts)
            doubt = _uncertainty(self._pairs["id"], verdicts, settings)
            self._orders["uncertain"] = sorted(
                (name for name in names if doubt[self._rows[name]] > 0),
                key=lambda name: (-doubt[self._rows[name]], self._hashes[name]),
            )
            prefix = f"pair:{data}:"
            self._orders["flagged"] = [name for name in order if name.removeprefix(prefix) in self._notes]

    def _read_notes(self, verdicts: pa.Table) -> None:
        telling = verdicts.filter(pc.or_(pc.invert(verdicts["passed"]), pc.not_equal(verdicts["reason"], "")))
        columns = (telling.column(name).to_pylist() for name in ("id", "check", "reason", "passed"))
        for id, check, reason, passed in zip(*columns, strict=True):
            self._notes.setdefault(id, []).append(CheckNote(check, reason, passed))

    def item(self, name: str) -> ReviewItem | None:
        """The pair of that name; None for another's."""
        row = self._rows.get(name)
        if row is None:
            return None
        id, language, prompt, original, response = (self._pairs.column(column)[row].as_py() for column in _COLUMNS)
        notes = tuple(self._notes.get(id, ()))
        seen = judged_hash(prompt, response)
        return ReviewItem(name, "pair", self.data, id, language, prompt, (response,), seen, original, notes=notes)

    def orders(self) -> Mapping[str, Sequence[str]]:
        """The queues random, uncertain and flagged."""
        return self._orders


def _uncertainty(ids: pa.ChunkedArray, verdicts: pa.Table, settings: AuditSettings) -> np.ndarray:
    """How near each pair comes to a check's limit, 0 to 1, the nearest of its checks."""
    doubt = np.zeros(len(ids))
    limits = {
        "loops": settings.max_loops,
        "echo": settings.max_echo,
        "instruction_prompt": _HALF,
        "instruction_response": _HALF,
    }
    for check, limit in limits.items():
        rows = verdicts.filter(pc.equal(verdicts["check"], check))
        if not limit or not rows.num_rows:
            continue
        places = pc.index_in(rows["id"], value_set=ids.combine_chunks())
        scores = rows["score"].to_numpy()
        known = places.is_valid().to_numpy() if isinstance(places, pa.ChunkedArray) else pc.is_valid(places).to_numpy()
        nearness = 1 - np.abs(scores - limit) / np.where(scores > limit, max(1 - limit, 1e-9), limit)
        np.maximum.at(doubt, places.drop_null().to_numpy(), np.clip(nearness[known], 0, 1))
    return doubt


def pair_items(run: Run, data: Sequence[str] = ()) -> list[PairItems]:
    """The pairs of these data sets, by default of all that a teacher wrote. Raises UserError where the run has none yet."""
    stages = run.stages()
    wanted = list(data) or [name for name, settings in run.recipe.data.items() if settings.taught]
    items = []
    for name in wanted:
        if name not in run.recipe.data:
            raise UserError(f"--data {name}: {run.folder.name} has no data set {name}{hint(name, run.recipe.data)}")
        taught, audited = stages.get(Label("teach", data=name)), stages.get(Label("audit", data=name))
        if taught is None or not taught.whole:
            continue
        verdicts = (
            audited.read("verdicts", ["id", "check", "passed", "score", "reason"])
            if audited and audited.whole
            else None
        )
        settings = run.recipe.data[name].audit
        items.append(PairItems(name, taught.read(), verdicts, settings, run.recipe.review.seed))
    if wanted and not items:
        raise UserError(
            f"{run.folder.name} has no pairs yet ({', '.join(wanted)}): `secondhalf audit RECIPE` makes them."
        )
    return items
