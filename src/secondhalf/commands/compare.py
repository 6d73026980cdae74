"""`secondhalf compare RUN RUN ...`: arms of finished runs on one figure, prompt by prompt, each against the first run's."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from secondhalf import statistics
from secondhalf.analysis.figures import LOWER_IS_BETTER, both_have, has_gaps, scores_of
from secondhalf.analysis.safety import compared, compared_name
from secondhalf.errors import UserError
from secondhalf.recipe import load
from secondhalf.runs import find
from secondhalf.runs.run import read_links
from secondhalf.statistics import Comparison
from secondhalf.store import Stage, Store
from secondhalf.text.table import format_table


@dataclass(frozen=True)
class Row:
    """One run's arm; `said` compares it with the first run's, p corrected for the number of comparisons (Holm)."""

    run: str
    arm: str
    mean: float
    low: float
    high: float
    said: Comparison | None


def compare(places: list[str], runs: Path, store: Store, arm: str, figure: str) -> list[Row]:
    """The arm `arm` of every run on `figure` (empty: the first recipe's primary one).

    Raises UserError for a run without that arm or figure, and for runs that asked other prompts.
    """
    if len(places) < 2:
        raise UserError("Name two runs at least: secondhalf compare RUN RUN.")
    folders = [find(place, runs) for place in places]
    recipes = [load(folder / "recipe.yaml") for folder in folders]
    figure = figure or recipes[0].evaluate.primary
    rows: list[Row] = []
    first = None
    for folder, recipe in zip(folders, recipes, strict=True):
        if arm not in recipe.arms:
            raise UserError(f"The run {folder.name} has no arm {arm}; it has {', '.join(recipe.arms)}.")
        links = read_links(folder)
        if not any(label.startswith(f"evaluate:{arm}") for label in links):
            raise UserError(f"{folder.name}: {arm} is not evaluated yet: `secondhalf evaluate RECIPE`.")
        stages = {label: Stage(store.root / link["stage"]) for label, link in links.items()}
        tables = scores_of(arm, recipe, stages)
        if not any(figure in scores for scores in tables):
            known = ", ".join(sorted(tables[0]))
            raise UserError(f"{folder.name} has no figure {figure}: name one of {known}.")
        mine = [scores.get(figure, {}) for scores in tables]
        if has_gaps(figure):
            [mine] = both_have(mine)
        first = first or mine
        mean = statistics.estimate([[seed[id] for id in sorted(seed)] for seed in mine])
        pair = both_have(mine, first) if has_gaps(figure) else [mine, first]
        said = None if mine is first else compared(figure, *pair)
        rows.append(Row(folder.name, arm, mean.mean, mean.low, mean.high, said))
    return _corrected(rows)


def _corrected(rows: list[Row]) -> list[Row]:
    said = [row.said for row in rows if row.said]
    ps = iter(statistics.holm([one.p for one in said]))
    return [replace(row, said=_with_p(row.said, next(ps))) if row.said else row for row in rows]


def _with_p(said: Comparison, p: float) -> Comparison:
    return replace(said, p=p, noise=said.noise or p >= 0.05)


def as_text(rows: list[Row], figure: str) -> str:
    """A table, and a sentence for every run but the first."""
    cells = [[row.run, row.arm, f"{row.mean:.3f} [{row.low:.3f}, {row.high:.3f}]"] for row in rows]
    lower = figure in LOWER_IS_BETTER
    told = [
        statistics.in_words(row.said, "en", row.run, rows[0].run, compared_name(figure), lower_is_better=lower)
        for row in rows
        if row.said
    ]
    return "\n".join([format_table(cells, ["run", "arm", figure]), "", *told])


def as_json(rows: list[Row]) -> str:
    """The same for programs."""
    return json.dumps([asdict(row) for row in rows], ensure_ascii=False)
