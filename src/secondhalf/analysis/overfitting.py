"""What the page tells of leaks, overfitting and forgetting: every trained arm against held-out pairs and its own student.

A limit is passed when the whole interval lies beyond it, and kept when the whole interval lies within; between them the
pairs are too few to tell, and the page says so.
"""

from dataclasses import replace
from typing import Literal

from secondhalf import statistics
from secondhalf.analysis.facts import Probe, Unit
from secondhalf.analysis.tables import RunTables, Scores
from secondhalf.recipe.report import LimitSettings
from secondhalf.runs import Label
from secondhalf.statistics import IndependentComparison, compare_independent

State = Literal["within", "over", "undecided"]
_LEAKS = {"leak_reply": "reply", "leak_original": "original"}
_PLAIN = {"forgotten_corpus": "plain_corpus", "forgotten_en": "plain_en", "forgotten_ja": "plain_ja"}


def probes(tables: RunTables) -> list[Probe]:
    """Every probe of every trained arm; empty where the recipe switched them off."""
    rows: list[Probe] = []
    limits = tables.recipe.report.limits
    for name, arm in tables.recipe.arms.items():
        if Label("probe", arm=name) in tables:
            before = tables.scores_of(Label("probe", arm=name))
            after = [tables.scores_of(Label("probe", arm=name, seed=seed)) for seed in arm.train.seeds]
            rows += of_arm(name, before, after, limits)
    return sorted(rows, key=lambda probe: list(limits_of(limits)).index(probe.figure))


def of_arm(arm: str, before: Scores, after: list[Scores], limits: LimitSettings) -> list[Probe]:
    """The probes of one arm: `before` is its student's table, `after` one table a training seed.

    A figure with fewer than two rows on either side is left out: it could have no interval.
    """
    rows = []
    for figure, limit in limits_of(limits).items():
        if figure in _PLAIN:
            probe = _forgotten(arm, figure, before, after, limit)
        else:
            probe = _gap(arm, before, after, limit) if figure == "gap" else _leak(arm, figure, before, after, limit)
        rows += [probe] if probe else []
    return rows


def limits_of(limits: LimitSettings) -> dict[str, float]:
    """The limit of each probe's figure, in the order in which the page shows them. Nats; shares for leaks."""
    return {"gap": limits.gap, **dict.fromkeys(_LEAKS, limits.leak), **dict.fromkeys(_PLAIN, limits.forgetting)}


def _gap(arm: str, before: Scores, after: list[Scores], limit: float) -> Probe | None:
    """How much more training took off the loss of its own pairs than off held-out ones.

    Each pair's loss is taken relative to the untouched student's, so that easy and difficult pairs weigh the same.
    """
    sides = [_rows(after, figure) for figure in ("held_out_loss", "trained_loss")]
    if any(len(side[0]) < 2 for side in sides):
        return None
    starts = [_rows([before], figure)[0] for figure in ("held_out_loss", "trained_loss")]
    held, known = (
        [[now - then for now, then in zip(row, start, strict=True)] for row in side]
        for side, start in zip(sides, starts, strict=True)
    )
    difference = compare_independent(held, known)
    value, baseline = (_mean(side) for side in (sides[1], sides[0]))
    # The difference is held-out minus trained on: a gap grows upwards. The rows are told as for leaks, trained on first.
    difference = replace(difference, rows_a=difference.rows_b, rows_b=difference.rows_a)
    return _probe(arm, "gap", "nats", (value, baseline, _mean([starts[1]])), difference, limit, len(after))


def _leak(arm: str, figure: str, before: Scores, after: list[Scores], limit: float) -> Probe | None:
    known, held = (_rows(after, f"{part}_{_LEAKS[figure]}") for part in ("trained", "held_out"))
    if len(known[0]) < 2 or len(held[0]) < 2:
        return None
    start = _mean(_rows([before], f"trained_{_LEAKS[figure]}"))
    difference = compare_independent(known, held, shares=True)
    return _probe(arm, figure, "share", (_mean(known), _mean(held), start), difference, limit, len(after))


def _forgotten(arm: str, figure: str, before: Scores, after: list[Scores], limit: float) -> Probe | None:
    name = _PLAIN[figure]
    if len(before.get(name, {})) < 2:
        return None
    now, then = statistics.align([seed[name] for seed in after], before[name])
    comparison = statistics.compare(now, then)
    difference = IndependentComparison(
        comparison.difference,
        comparison.low,
        comparison.high,
        comparison.p,
        comparison.prompts,
        comparison.prompts,
        comparison.noise,
    )
    return _probe(arm, figure, "nats", (float(now.mean()), float(then.mean()), None), difference, limit, len(after))


def _rows(tables: list[Scores], figure: str) -> list[list[float]]:
    """A figure's values [seeds, ids], ordered by id."""
    return [[table.get(figure, {})[id] for id in sorted(table.get(figure, {}))] for table in tables]


def _mean(rows: list[list[float]]) -> float:
    return sum(map(sum, rows)) / sum(map(len, rows))


def _probe(
    arm: str,
    figure: str,
    unit: Unit,
    values: tuple[float, float, float | None],
    difference: IndependentComparison,
    limit: float,
    seeds: int,
) -> Probe:
    value, baseline, untouched = values
    state: State = "over" if difference.low > limit else "within" if difference.high <= limit else "undecided"
    return Probe(
        arm=arm,
        figure=figure,
        unit=unit,
        value=value,
        baseline=baseline,
        untouched=untouched,
        difference=difference.difference,
        low=difference.low,
        high=difference.high,
        noise=difference.noise or seeds < statistics.FEWEST_SEEDS,
        rows=difference.rows_a,
        rows_baseline=difference.rows_b,
        seeds=seeds,
        limit=limit,
        state=state,
    )
