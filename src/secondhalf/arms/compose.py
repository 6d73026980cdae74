"""The pairs that an arm is trained on, where they are others than one data set's as they are."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

import pyarrow as pa

from secondhalf.arms.mixture import TokenCount, choose_within_budget, token_budgets
from secondhalf.arms.shuffle import shuffle_prompts
from secondhalf.errors import UserError
from secondhalf.rows import FIRST_HALF, Pair, Verdict, from_table, to_table, with_reasons
from secondhalf.store.mapper import ShardTables

COMPOSE_VERSION = (2,)
PHASE = "phase"
"""A column beside those of Pair: the order in which `schedule: then` trains, from 0."""


class Composition(Protocol):
    """What of an arm's settings says what it is trained on; the recipe's ArmSettings is one, and has the documentation."""

    @property
    def data(self) -> Mapping[str, float]: ...
    @property
    def pairing(self) -> str: ...
    @property
    def schedule(self) -> str: ...
    @property
    def equal_tokens(self) -> str | None: ...


def needs_token_counts(arm: Composition) -> bool:
    """Whether composing it takes the student's tokenizer."""
    return len(arm.data) > 1 or arm.equal_tokens is not None


def compose_pairs(
    data: Mapping[str, pa.Table],
    arm: Composition,
    seed: int,
    count_tokens: Callable[[pa.Table], list[TokenCount]],
    limit: int | None,
    name: str,
) -> ShardTables:
    """The arm's data sets in; its pairs (with PHASE and FIRST_HALF), what is left out, and verdicts on that.

    In = out + left out. `count_tokens` counts supervised tokens as training will; `limit` is what `equal_tokens` allows.
    Of several data sets each row's id gets the data set's name, since two of them may hold the same documents. Raises
    UserError when the arm has fewer tokens than the one that it is made equal to, and when nothing is left of a data set.
    """
    tables: dict[str, pa.Table] = {}
    sources: dict[str, pa.Table] = {}
    rejects: list[pa.Table] = []
    verdicts: list[Verdict] = []
    for data_set in arm.data:
        named = _with_names(data[data_set], data_set) if len(arm.data) > 1 else data[data_set]
        sources[data_set] = named
        tables[data_set], unpaired, pairing_verdicts = _paired(named, arm, seed)
        rejects.append(unpaired)
        verdicts += [verdict for verdict in from_table(Verdict, pairing_verdicts) if not verdict.passed]
    counting = count_tokens if needs_token_counts(arm) else _no_tokens
    counts = {data_set: counting(table) for data_set, table in tables.items()}
    budgets = token_budgets(counts, arm.data, limit)
    if limit is not None and sum(budgets.values()) < limit * 0.99:
        raise UserError(
            f"arms.{name}.equal_tokens: {arm.equal_tokens} has {limit:,} supervised tokens and {name} only "
            f"{sum(budgets.values()):,.0f}; give equal_tokens to the arm that has more."
        )
    parts: list[pa.Table] = []
    for phase, (data_set, table) in enumerate(tables.items()):
        chosen = choose_within_budget(counts[data_set], budgets[data_set], seed)
        if len(arm.data) > 1 and not chosen:
            raise UserError(
                f"arms.{name}.data: not one pair of {data_set} is left at its weight of {arm.data[data_set]:g}, so the arm would "
                f"be no mixture: raise that weight, or make more pairs of {_scarcest(counts)}."
            )
        kept = table.filter(pa.array([id in chosen for id in table.column("id").to_pylist()], pa.bool_()))
        phases = pa.array([phase if arm.schedule == "then" else 0] * kept.num_rows, pa.int64())
        kept = kept.append_column(pa.field(PHASE, pa.int64(), nullable=False), phases)
        parts.append(
            kept.append_column(
                pa.field(FIRST_HALF, pa.string(), nullable=False), _first_halves(kept, sources[data_set])
            )
        )
        left_out = [pair for pair in from_table(Pair, table) if pair.id not in chosen]
        reason = f"beyond its share: {budgets[data_set]:.0f} tokens"
        share_verdicts = [Verdict(pair.id, "share", False, 0.0, reason) for pair in left_out]
        rejects.append(with_reasons(to_table(Pair, left_out), share_verdicts))
        verdicts += share_verdicts
    return pa.concat_tables(parts).sort_by("id"), pa.concat_tables(rejects).sort_by("id"), to_table(Verdict, verdicts)


def _scarcest(counts: Mapping[str, list[TokenCount]]) -> str:
    return min(counts, key=lambda data_set: sum(tokens for _, tokens in counts[data_set]))


def _with_names(pairs: pa.Table, data_set: str) -> pa.Table:
    return to_table(Pair, [replace(pair, id=f"{pair.id}+{data_set}") for pair in from_table(Pair, pairs)])


def _first_halves(pairs: pa.Table, source: pa.Table) -> pa.Array:
    """The prompts that the pairs had in `source`, before the arm dealt them anew."""
    prompts = dict(zip(source.column("id").to_pylist(), source.column("prompt").to_pylist(), strict=True))
    return pa.array([prompts[id] for id in pairs.column("id").to_pylist()], pa.string())


def _no_tokens(pairs: pa.Table) -> list[TokenCount]:
    return [(id, 0) for id in pairs.column("id").to_pylist()]


def _paired(pairs: pa.Table, arm: Composition, seed: int) -> ShardTables:
    if arm.pairing == "shuffled":
        return shuffle_prompts(pairs, seed)
    if arm.pairing == "none":
        pairs = to_table(Pair, [replace(pair, prompt="") for pair in from_table(Pair, pairs)])
    return pairs, with_reasons(pairs.slice(0, 0), []), to_table(Verdict, [])
