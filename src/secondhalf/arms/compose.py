"""The pairs that an arm is trained on, where they are others than one data set's as they are."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pyarrow as pa

from secondhalf.arms.share import Sized, budgets, chosen
from secondhalf.arms.shuffle import shuffled
from secondhalf.errors import UserError
from secondhalf.recipe.arms import ArmSettings
from secondhalf.rows import Pair, Verdict, from_table, to_table, with_reasons
from secondhalf.store.mapper import Batch

VERSION = (1,)
PHASE = "phase"
"""A column beside those of Pair: the order in which `schedule: then` trains, from 0."""

Sizes = Callable[[pa.Table], list[Sized]]


def counted(arm: ArmSettings) -> bool:
    """Whether composing it takes the student's tokenizer."""
    return len(arm.data) > 1 or arm.equal_tokens is not None


def compose(
    data: Mapping[str, pa.Table], arm: ArmSettings, seed: int, sizes: Sizes, limit: int | None, name: str
) -> Batch:
    """The arm's data sets in; its pairs (with PHASE), what is left out of them, and verdicts on the pairs left out.

    In = out + left out. `sizes` counts supervised tokens as training will; `limit` is what `equal_tokens` allows. Of
    several data sets each row's id gets the data set's name, since two of them may hold the same documents. Raises
    UserError when the arm has fewer tokens than the one that it is made equal to.
    """
    paired: dict[str, pa.Table] = {}
    rejects: list[pa.Table] = []
    verdicts: list[Verdict] = []
    for one in arm.data:
        rows, alone, said = _paired(_named(data[one], one if len(arm.data) > 1 else ""), arm, seed)
        paired[one] = rows
        rejects.append(alone)
        verdicts += [verdict for verdict in from_table(Verdict, said) if not verdict.passed]
    sized = {one: sizes(rows) if counted(arm) else _unsized(rows) for one, rows in paired.items()}
    shares = budgets(sized, arm.data, limit)
    if limit is not None and sum(shares.values()) < limit * 0.99:
        raise UserError(
            f"arms.{name}.equal_tokens: {arm.equal_tokens} has {limit:,} supervised tokens and {name} only "
            f"{sum(shares.values()):,.0f}; give equal_tokens to the arm that has more."
        )
    parts: list[pa.Table] = []
    for phase, (one, rows) in enumerate(paired.items()):
        taken = chosen(sized[one], shares[one], seed)
        kept = rows.filter(pa.array([id in taken for id in rows.column("id").to_pylist()], pa.bool_()))
        column = pa.array([phase if arm.schedule == "then" else 0] * kept.num_rows, pa.int64())
        parts.append(kept.append_column(pa.field(PHASE, pa.int64(), nullable=False), column))
        out = [pair for pair in from_table(Pair, rows) if pair.id not in taken]
        whys = [Verdict(pair.id, "share", False, 0.0, f"beyond its share: {shares[one]:.0f} tokens") for pair in out]
        rejects.append(with_reasons(to_table(Pair, out), whys))
        verdicts += whys
    return pa.concat_tables(parts).sort_by("id"), pa.concat_tables(rejects).sort_by("id"), to_table(Verdict, verdicts)


def _named(pairs: pa.Table, name: str) -> pa.Table:
    if not name:
        return pairs
    return to_table(Pair, [replace(pair, id=f"{pair.id}+{name}") for pair in from_table(Pair, pairs)])


def _unsized(pairs: pa.Table) -> list[Sized]:
    return [(id, 0) for id in pairs.column("id").to_pylist()]


def _paired(pairs: pa.Table, arm: ArmSettings, seed: int) -> Batch:
    if arm.pairing == "shuffled":
        return shuffled(pairs, seed)
    if arm.pairing == "none":
        pairs = to_table(Pair, [replace(pair, prompt="") for pair in from_table(Pair, pairs)])
    return pairs, with_reasons(pairs.slice(0, 0), []), to_table(Verdict, [])
