"""One recipe under several settings, compared on the prompts on which settings may be chosen, and never on the locked ones.

Each setting is a run of its own, so `show`, `chat` and `report` work on it; all stages that settings share are made once.
The best is compared with every other setting, prompt by prompt; what cannot be told from it is not worse.
"""

import argparse
import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from secondhalf import statistics
from secondhalf.analysis.figures import LOWER_IS_BETTER, unit_of
from secondhalf.errors import UserError
from secondhalf.evaluate.invariance import moves_with
from secondhalf.output import print_result
from secondhalf.recipe import Recipe, load_recipe
from secondhalf.recipe.file import read_overrides
from secondhalf.report.verdict import no_evidence
from secondhalf.rows import digest
from secondhalf.search.axes import combinations, named, read_axes
from secondhalf.search.measures import Scores, held_out_loss, scores_of
from secondhalf.search.variants import TO_CHOOSE, check_different, trained_arms, variant
from secondhalf.statistics.sentences import too_few_seeds
from secondhalf.store import Stage
from secondhalf.text.nearest import hint
from secondhalf.text.table import format_table

_LOG = logging.getLogger(__name__)
_SAME = "all settings of a sweep have the same documents and prompts; sweep train.*, or what a data set is made by"
_FIXED = dict.fromkeys(("name", "seed", "corpus", "clean", "evaluate", "probes", "report", "notices"), _SAME)


def main(options: argparse.Namespace) -> None:
    """Compares settings on the prompts on which settings may be chosen."""
    figure, arms = sweep(Path(options.recipe), options.over, options.set, options.arm, options.runs, options.store)
    print_result(as_json(figure, arms) if options.json else as_text(figure, arms), as_json=options.json)


@dataclass(frozen=True)
class Setting:
    """What one setting gave one arm. `against_best`: the best minus this one; None for the best itself."""

    setting: dict[str, str]
    run: str
    mean: float
    low: float
    high: float
    held_out: float | None
    against_best: statistics.Comparison | None = None

    @property
    def open(self) -> bool:
        """True when it cannot be told from the best: within noise, or under too few training seeds."""
        return self.against_best is None or self.against_best.noise


def settings(options: list[str]) -> list[dict[str, str]]:
    """Every combination of FIELD=VALUE,VALUE,... Raises UserError for what is none, or for fewer than two combinations."""
    settings = combinations(read_axes(options, _FIXED))
    if len(settings) < 2:
        raise UserError("A sweep needs two settings at least: --over train.learning_rate=3e-4,6e-4.")
    return settings


def recipes(path: Path, options: list[str], overrides: list[str]) -> Iterator[tuple[dict[str, str], Recipe]]:
    """The recipe under every setting, each with a run's name of its own. All are read before the first is carried out."""
    name = load_recipe(path, read_overrides(overrides)).name
    loaded = []
    for setting in settings(options):
        sets = [f"{field}={value}" for field, value in setting.items()]
        own = f"{name[:40]}-sweep-{digest(*overrides, *sets, size=8)}"
        loaded.append((setting, variant(path, overrides, setting, own, TO_CHOOSE)))
    check_different([recipe for _, recipe in loaded])
    yield from loaded


Swept = tuple[str, dict[str, list[Setting]]]


def score(setting: dict[str, str], run: str, stages: list[tuple[Stage, Stage]], figure: str) -> tuple[Setting, Scores]:
    """One setting's figure and its scores. `stages` are its train and evaluate stages, a pair a training seed."""
    scores = scores_of([evaluated for _, evaluated in stages], figure)
    if not all(scores):
        raise UserError(f"evaluate.primary: there is no figure {figure!r}; name one that `secondhalf show` lists.")
    values = [[seed[id] for id in sorted(seed)] for seed in scores]
    estimate = statistics.estimate(values, share=unit_of(figure) == "share")
    losses = [loss for loss in (held_out_loss(train) for train, _ in stages) if loss is not None]
    held_out = sum(losses) / len(losses) if losses else None
    return Setting(setting, run, estimate.mean, estimate.low, estimate.high, held_out), scores


def ranked(scored: list[tuple[Setting, Scores]], figure: str) -> list[Setting]:
    """The settings, best first, each compared with the best; p is corrected for their number (Holm)."""
    sign = -1 if figure in LOWER_IS_BETTER else 1
    ordered = sorted(scored, key=lambda item: -sign * item[0].mean)
    best = ordered[0]
    comparisons = [
        statistics.compare(*statistics.align(best[1], scores), training_seeds=(len(best[1]), len(scores)))
        for _, scores in ordered[1:]
    ]
    corrected = statistics.holm([comparison.p for comparison in comparisons])
    judged = [
        replace(comparison, p=p, noise=comparison.noise or p >= 0.05)
        for comparison, p in zip(comparisons, corrected, strict=True)
    ]
    rest = [replace(setting, against_best=one) for (setting, _), one in zip(ordered[1:], judged, strict=True)]
    return [best[0], *rest]


def sweep(path: Path, options: list[str], overrides: list[str], arms: list[str], runs: Path, store: Path) -> Swept:
    """Carries the recipe through under every setting. `arms`: those to compare; empty: all that are trained, controls aside.

    Returns the figure, and each arm's settings, the best first.
    """
    from secondhalf.pipeline import scored
    from secondhalf.runs import opened

    scored_settings: dict[str, list[tuple[Setting, Scores]]] = {}
    for number, (setting, recipe) in enumerate(swept := list(recipes(path, options, overrides)), 1):
        _LOG.info("setting %d of %d: %s", number, len(swept), named(setting))
        figure, names = recipe.evaluate.primary, arms or trained_arms(recipe)
        for name in names:
            if name not in recipe.arms or not recipe.arms[name].data:
                raise UserError(f"--arm {name}: no arm of that name is trained{hint(name, trained_arms(recipe))}")
        with opened(recipe, runs, store) as run:
            for name, stages in scored(run, names).items():
                scored_settings.setdefault(name, []).append(score(setting, recipe.name, stages, figure))
    return figure, {name: ranked(candidates, figure) for name, candidates in scored_settings.items()}


def as_text(figure: str, arms: dict[str, list[Setting]]) -> str:
    """A table an arm, and a sentence that says which settings cannot be told apart."""
    blocks = []
    for arm, rows in arms.items():
        cells = [
            [
                named(row.setting),
                f"{row.mean:.4f} [{row.low:.4f}, {row.high:.4f}]",
                "-" if row.against_best is None else _difference(row.against_best),
                "-" if row.held_out is None else f"{row.held_out:.4f}",
                row.run,
            ]
            for row in rows
        ]
        blocks.append(f"{arm}, {figure} on the part choose")
        blocks.append(format_table(cells, ["setting", "mean [95 %]", "best minus this [95 %]", "held-out loss", "run"]))
        blocks.append(_sentence(rows))
    blocks.append(
        "The best was picked on these prompts, so its figure errs on the good side: claims need the locked ones."
    )
    if nuisances := moves_with(figure):
        blocks.append(no_evidence(nuisances, "en"))
    return "\n\n".join(blocks)


def _sentence(rows: list[Setting]) -> str:
    best, alike = rows[0], [named(row.setting) for row in rows[1:] if row.open]
    if not alike:
        return f"{named(best.setting)} is better than every other setting."
    if any(row.against_best and row.against_best.uncovered for row in rows):
        why = "no difference is shown. " + too_few_seeds(min(_seeds(row) for row in rows[1:]))
        return f"{named(best.setting)} came out best, and cannot be told from {', '.join(alike)}: {why}"
    noise = f"cannot be told from {', '.join(alike)}: the differences are within noise"
    return f"{named(best.setting)} came out best, and {noise}."


def _seeds(row: Setting) -> int:
    return min(row.against_best.seeds_a, row.against_best.seeds_b) if row.against_best else 0


def _difference(comparison: statistics.Comparison) -> str:
    noise = " not shown" if comparison.uncovered else " noise" if comparison.noise else ""
    return f"{comparison.difference:+.4f} [{comparison.low:.4f}, {comparison.high:.4f}]{noise}"


def as_json(figure: str, arms: dict[str, list[Setting]]) -> str:
    """The same for programs; `open` are the settings that cannot be told from the best."""
    by_arm = {
        arm: {
            "best": rows[0].setting,
            "open": [row.setting for row in rows[1:] if row.open],
            "settings": [asdict(row) for row in rows],
        }
        for arm, rows in arms.items()
    }
    return json.dumps({"figure": figure, "part": "choose", "arms": by_arm}, ensure_ascii=False)
