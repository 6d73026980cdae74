"""Does a judge favour its own family? By grades, held against the other judges' grades of the same answers.

A difference of differences: how much more than the others a judge gives to models of its own family, less how much more it
gives to the rest. It needs a second judge, and models of that family and of others (arXiv 2404.13076).
"""

from statistics import fmean

from secondhalf import statistics
from secondhalf.analysis.facts import Span
from secondhalf.analysis.tables import RunTables
from secondhalf.evaluate.judge.family import model_family

Grades = dict[str, dict[str, dict[str, float]]]  # judge -> arm -> question and turn -> grade


def grades(tables: RunTables) -> Grades:
    """MT-Bench's grades by judge and arm, of the arm's first training seed, as the benchmark's stage read them."""
    by_judge: Grades = {}
    for arm in tables.recipe.arms:
        for label in tables.scored(arm, "mt_bench")[:1]:
            for row in tables.rows(label, "grades"):
                by_judge.setdefault(row["judge"], {}).setdefault(arm, {})[row["id"]] = row["grade"]
    return by_judge


def self_preference(judge: str, given: Grades, families: dict[str, str]) -> Span | None:
    """By how many points a judge favours its own family; `families` by arm. None where that cannot be told."""
    others = [name for name in given if name != judge]
    own = [arm for arm in given.get(judge, {}) if model_family(judge) and families[arm] == model_family(judge)]
    rest = [arm for arm in given.get(judge, {}) if arm not in own]
    if not (others and own and rest):
        return None
    apart: dict[str, dict[str, float]] = {}  # arm -> question and turn -> how much more than the others
    for arm in (*own, *rest):
        for id, grade in given[judge][arm].items():
            theirs = [given[other][arm][id] for other in others if id in given[other].get(arm, {})]
            if theirs:
                apart.setdefault(arm, {})[id] = grade - fmean(theirs)
    ids = sorted(set.intersection(*(set(apart.get(arm, {})) for arm in (*own, *rest))))
    if len(ids) < 2:
        return None
    values = [fmean(apart[arm][id] for arm in own) - fmean(apart[arm][id] for arm in rest) for id in ids]
    interval = statistics.estimate(values)
    return Span(mean=interval.mean, low=interval.low, high=interval.high, count=len(ids))
