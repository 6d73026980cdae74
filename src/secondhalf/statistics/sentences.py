"""A comparison as a sentence, English or Japanese, that says when it is noise."""

import math
from typing import Literal

from secondhalf.statistics.groups import GroupComparisons
from secondhalf.statistics.paired import FEWEST_SEEDS, Comparison


def describe_comparison(
    comparison: Comparison,
    language: Literal["en", "ja"],
    name_a: str,
    name_b: str,
    figure_name: str,
    *,
    lower_is_better: bool = False,
    evidence: bool = True,
) -> str:
    """One sentence of plain text: better, worse, within noise or not shown, with the interval and what it does not cover.

    A figure that is no `evidence` is higher or lower, and never better or worse.
    """
    c = comparison
    positive = (c.difference < 0) == lower_is_better if evidence else c.difference > 0
    digits = _digits(c)
    # Adding 0.0 turns the -0.0 of a rounded figure into 0.0.
    low, high = (f"{round(value, digits) + 0.0:.{digits}f}" for value in (c.low, c.high))
    by, shown = f"{abs(c.difference):.{digits}f}", f"{round(c.difference, digits) + 0.0:+.{digits}f}"
    smallest = f"{c.smallest:.{digits}f}" if c.smallest > 0 else ""
    seeds = _seeds(c, language)
    if language == "ja":
        if c.uncovered:
            return (
                f"{figure_name}での{name_a}と{name_b}の差は確認できていません（測定値 {shown}、"
                f"プロンプトのみについての 95 % 区間 {low}〜{high}、プロンプト {c.prompts} 件、{seeds}）。"
            )
        basis = f"（差の 95 % 区間 {low}〜{high}、プロンプト {c.prompts} 件、{seeds}）。"
        if not c.noise:
            good, bad = ("上回ります", "下回ります") if evidence else ("高くなっています", "低くなっています")
            particle = "を" if evidence else "より"
            return f"{figure_name}では、{name_a}は{name_b}{particle} {by} {good if positive else bad}{basis}"
        power = f"あり、この規模で確認できる最小の差は約 {smallest} です" if smallest else "す"
        return f"{figure_name}では、{name_a}と{name_b}の差 {shown} は誤差の範囲内で{power}{basis}"
    if c.uncovered:
        return (
            f"On {figure_name}, a difference between {name_a} and {name_b} is not shown (measured {shown}, 95 % interval over "
            f"prompts alone {low} to {high}, {c.prompts} prompts, {seeds})."
        )
    basis = f"(95 % interval of the difference {low} to {high}, {c.prompts} prompts, {seeds})."
    if not c.noise:
        good, bad = ("better", "worse") if evidence else ("higher", "lower")
        return f"On {figure_name}, {name_a} is {good if positive else bad} than {name_b} by {by} {basis}"
    power = f"; the smallest that could have been shown is about {smallest}" if smallest else ""
    return f"On {figure_name}, the difference of {shown} between {name_a} and {name_b} is within noise{power} {basis}"


def too_few_seeds(seeds: int) -> str:
    """Why so few training seeds show nothing, as an English sentence."""
    number = "One training seed" if seeds == 1 else f"{seeds} training seeds"
    return f"{number}: training noise is not covered, and a claim needs {FEWEST_SEEDS}."


def _seeds(comparison: Comparison, language: Literal["en", "ja"]) -> str:
    """The training seeds, and whether they cover training noise."""
    a, b = comparison.seeds_a, comparison.seeds_b
    alone, missing = a == b == 1, a == b == 1 or comparison.uncovered
    if language == "ja":
        number = "学習シード 1 個" if alone else f"学習シード {a} 個と {b} 個"
        return f"{number}のため学習のばらつきは含みません" if missing else number
    number = "one training seed" if alone else f"{a} and {b} training seeds"
    return f"{number}, so training noise is not covered" if missing else number


def describe_groups(groups: GroupComparisons, language: Literal["en", "ja"], *, lower_is_better: bool = False) -> str:
    """One sentence: in how many groups the first arm is shown to be better or worse, whether they differ, the worst one."""
    shown = [c for c in groups.by_group.values() if not c.noise]
    better = sum((c.difference < 0) == lower_is_better for c in shown)
    worse, count = len(shown) - better, len(groups.by_group)
    if not count:
        return "比較できる区分がありません。" if language == "ja" else "No group has two prompts, so none is compared."
    worst = groups.by_group[groups.worst]
    digits = _digits(worst)
    least = f"{round(worst.difference, digits) + 0.0:+.{digits}f}"
    p = f"p = {groups.differ:.3f}" if groups.differ >= 0.001 else "p < 0.001"
    if worst.uncovered:
        return _uncovered_groups(count, groups.worst, least, language)
    if language == "ja":
        differ = "区分によって差が異なります" if groups.differ < 0.05 else "区分による違いは確認できませんでした"
        came_out = (
            f"{count} 区分のうち {better} 区分で改善、{worse} 区分で悪化を確認しました"
            if shown
            else f"{count} 区分のいずれでも改善・悪化は確認できませんでした"
        )
        return f"{came_out}（Holm 補正後）。最も低いのは「{groups.worst}」の {least} です。{differ}（{p}）。"
    differ = "the difference depends on the group" if groups.differ < 0.05 else "no dependence on the group is shown"
    came_out = (
        f"Of {count} groups, {better} {_are(better)} shown to be better and {worse} worse"
        if shown
        else f"In none of {count} groups is a gain or a loss shown"
    )
    return f"{came_out} (corrected for their number). The least gain is {least}, in {groups.worst}; {differ} ({p})."


def _uncovered_groups(count: int, worst: str, least: str, language: Literal["en", "ja"]) -> str:
    if language == "ja":
        return (
            f"{count} 区分のいずれでも改善・悪化は確認できませんでした（学習シードが少なく、学習のばらつきは含みません）。"
            f"測定値が最も低いのは「{worst}」の {least} です。"
        )
    return (
        f"In none of {count} groups is a difference shown: the training seeds are too few, so training noise is not covered. "
        f"The least measured gain is {least}, in {worst}."
    )


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _digits(comparison: Comparison) -> int:
    """Decimals that show two digits of the interval's width, or of the difference where it has none."""
    size = comparison.high - comparison.low or abs(comparison.difference)
    return min(6, max(0, 1 - math.floor(math.log10(size)))) if size > 0 else 2
