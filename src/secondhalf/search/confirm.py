"""Holds the winner against the recipe as it stands where the search never looked: locked prompts, fresh training seeds.

This is one comparison, named before it is made, so its p stands as it is. A search that goes on and confirms another winner looks
at the same locked prompts again: p is then corrected for the number of looks (Holm), and the sentence says so.
"""

import json
from dataclasses import asdict, dataclass

from secondhalf import statistics
from secondhalf.evaluate.invariance import moves_with
from secondhalf.pipeline import arms_alone, scored_arm
from secondhalf.recipe import Recipe
from secondhalf.report.verdict import no_evidence
from secondhalf.report.words import Language, fill, label, page_words, search_words
from secondhalf.runs import opened
from secondhalf.search.axes import Setting, named
from secondhalf.search.limits import Measure
from secondhalf.search.measures import less_is_better, probes_of
from secondhalf.search.outcome import compare_stages
from secondhalf.search.study import Search
from secondhalf.search.winner import confirming
from secondhalf.steps.arms import check_students
from secondhalf.store import Stage
from secondhalf.store.files import write_atomically


@dataclass(frozen=True)
class Confirmation:
    """The winner minus the recipe as it stands on the locked prompts, under training seeds that no trial had."""

    setting: Setting
    seeds: list[int]
    run: str
    against: str
    """The runs' names, of the winner and of the recipe as it stands."""
    comparison: statistics.Comparison
    """`p` is corrected for `looks`."""
    limits: dict[str, bool]
    """Whether each limit on a probe is kept under the fresh seeds, by FIGURE<VALUE."""
    looks: int
    """How many winners of this search were held against these locked prompts, this one included."""


def confirm(search: Search, setting: Setting, winner: Recipe) -> Confirmation:
    """Trains winner and start under fresh seeds and compares them on the locked prompts; what the store has is not made again."""
    start, _ = confirming(search, {}, f"{search.name}-start")
    mine, measures = _evaluated(search, winner, probed=search.probed)
    theirs, _ = _evaluated(search, start, probed=False)
    comparison = compare_stages(search, search.settings.figures[0], mine, theirs)
    seeds = winner.arms[search.settings.arm].train.seeds
    limits = {str(one): one.kept(measures[one.figure]) for one in search.limits if one.figure in measures}
    comparison, looks = _corrected(search, setting, comparison)
    return Confirmation(setting, seeds, winner.name, start.name, comparison, limits, looks)


def _evaluated(search: Search, recipe: Recipe, *, probed: bool) -> tuple[list[Stage], dict[str, Measure]]:
    arm = search.settings.arm
    with opened(recipe, search.runs, search.store, wait=True) as run:
        check_students(run)
        arms = arms_alone(run)
        stages = [evaluated for _, evaluated in scored_arm(arms, arm)]
        seeds = recipe.arms[arm].train.seeds
        for seed in seeds if probed else []:
            arms.probe(arm, seed)
        return stages, probes_of(run, arm, seeds) if probed else {}


def _corrected(
    search: Search, setting: Setting, comparison: statistics.Comparison
) -> tuple[statistics.Comparison, int]:
    """The comparison with p corrected for every winner that this search held against the locked prompts, and their number."""
    path = search.folder / "confirmed.json"
    looks: dict[str, float] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    looks[named(setting)] = comparison.p
    write_atomically(path, json.dumps(looks, ensure_ascii=False, indent=1) + "\n")
    p = dict(zip(looks, statistics.holm(list(looks.values())), strict=True))[named(setting)]
    corrected = statistics.Comparison(**{**asdict(comparison), "p": p, "noise": comparison.noise or p >= 0.05})
    return corrected, len(looks)


def sentence(confirmation: Confirmation, figure: str, language: Language) -> str:
    """What the confirmation says, in one sentence or few: better, worse or within noise, and whether the limits are kept."""
    words, page = search_words(language), page_words(language)
    texts = [
        statistics.describe_comparison(
            confirmation.comparison,
            language,
            words["the_winner"],
            words["the_start"],
            label(page, "figure", figure) + page["aside"].format(parts=page["claims_locked"]),
            lower_is_better=less_is_better(figure),
            evidence=not moves_with(figure),
        )
    ]
    if nuisances := moves_with(figure):
        texts.append(no_evidence(nuisances, language))
    for limit, kept in confirmation.limits.items():
        texts.append(fill(words["limit_kept" if kept else "limit_not_kept"], limit=limit))
    if confirmation.looks > 1:
        texts.append(fill(words["looks"], n=confirmation.looks))
    return page["between"].join(texts)
