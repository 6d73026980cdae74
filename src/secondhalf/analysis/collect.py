"""Gathers a finished run's facts from its stages: every figure of the page is read from a table or a manifest."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from secondhalf.analysis import benchmarks, funnel, overfitting
from secondhalf.analysis.costs import cost, per_pair
from secondhalf.analysis.facts import Curve, Facts, Point, Sample
from secondhalf.analysis.figures import Scores, arm_of, comparisons, labels, scores_of
from secondhalf.analysis.groups import grouped
from secondhalf.analysis.judges import accounts
from secondhalf.analysis.provenance import provenance
from secondhalf.analysis.rates import rates
from secondhalf.analysis.rejects import mix
from secondhalf.analysis.safety import SAFETY
from secondhalf.evaluate.everyday.prompts import load_everyday
from secondhalf.recipe import Recipe
from secondhalf.rows import digest
from secondhalf.runs import Label, Run
from secondhalf.store import Stage

UNCHECKED = {
    "en": [
        "Whether answers are true, helpful or harmless: no judge and no person has read them.",
        "Standard benchmarks (MT-Bench, IFEval, Arena-Hard): the figures are those of the everyday prompts only.",
        "Instructional content that only a reader would see: the audit's patterns find what is spelled out.",
    ],
    "ja": [
        "回答が正しいか、役に立つか、無害か（審査モデルによる評価も人による確認も行っていません）。",
        "標準ベンチマーク（MT-Bench、IFEval、Arena-Hard）。数値はすべて日常プロンプトによるものです。",
        "読まなければ分からない指示文（監査は明示的な表現のパターンだけを検出します）。",
    ],
}


def collect(run: Run) -> Facts:
    """The facts of a run. Everything but the page's date follows from its stages."""
    recipe, stages, links = run.recipe, run.stages(), run.links()
    scores = {name: scores_of(name, recipe, stages) for name in recipe.arms}
    moves = mix(stages)
    of_battles = rates(recipe, stages)
    by_group, profiles = grouped(recipe, stages, scores)
    costs = [cost(label, stage, links[label].reused, recipe) for label, stage in stages.items()]
    return Facts(
        name=recipe.name,
        title=recipe.report.title,
        language=recipe.report.language,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        primary=recipe.evaluate.primary,
        claims=recipe.evaluate.part,
        arms=[arm_of(name, recipe, stages, scores[name], of_battles.get(name, [])) for name in recipe.arms],
        comparisons=comparisons(recipe, stages, scores),
        errors=comparisons(recipe, stages, scores, list(SAFETY)) if recipe.evaluate.safety.enabled else [],
        groups=by_group,
        profiles=profiles,
        judges=accounts(recipe, stages),
        funnel=[funnel.step(label, stage) for label, stage in stages.items() if label.stage in funnel.STAGES],
        shifts=[funnel.shift(moved) for moved in moves if moved.stands_out],
        shifts_compared=len(moves),
        losses=[_curve(label, stage) for label, stage in stages.items() if label.stage == "train"],
        overfitting=overfitting.probes(recipe, stages),
        answers=_samples(recipe, stages, scores),
        costs=costs,
        currency=recipe.report.currency,
        machine_priced=recipe.report.hourly_price is not None,
        cost_per_pair=per_pair(recipe, stages),
        human_cost_per_pair=recipe.report.human_price,
        unchecked=_unchecked(recipe),
        notices=recipe.notices,
        provenance=provenance(run.folder, recipe, stages),
    )


def _curve(label: Label, stage: Stage) -> Curve:
    rows = [json.loads(line) for line in (stage.path / "log.jsonl").read_text("utf-8").splitlines()]
    points = [Point(step=r["step"], tokens=0, loss=r["loss"], held_out=r["held_out"]) for r in rows]
    told = stage.manifest
    return Curve(
        arm=label.arm,
        seed=label.seed or 0,
        points=points,
        best=told.get("best_step"),
        stopped=told.get("stopped_early", False),
    )


def _unchecked(recipe: Recipe) -> list[str]:
    language = recipe.report.language
    sentences = benchmarks.unchecked(UNCHECKED[language], recipe)
    return sentences if recipe.probes.pairs else [*sentences, overfitting.UNCHECKED[language]]


def _samples(recipe: Recipe, stages: dict[Label, Stage], scores: dict[str, list[Scores]]) -> list[Sample]:
    """The first prompts by a hash of their id, with each arm's answer under its first seed: chosen without looking."""
    answers: dict[str, dict[str, str]] = {}
    for name in recipe.arms:
        label = labels(name, recipe)[0]
        # Runs of before 2026-11-28 have them in the stage that scores them.
        table = stages.get(replace(label, stage="answers", benchmark="everyday"), stages[label]).read("answers")
        answers[name] = dict(zip(table.column("id").to_pylist(), table.column("text").to_pylist(), strict=True))
    prompts = {prompt.id: prompt for prompt in load_everyday()}
    asked = sorted(set.intersection(*(set(texts) for texts in answers.values())) if answers else [])
    shown = sorted(asked, key=lambda key: digest("sample", key))[: recipe.report.samples]
    return [
        Sample(
            prompt_id=key,
            language=prompts[key].language,
            prompt=prompts[key].text,
            answers={name: answers[name][key] for name in recipe.arms},
            passed={name: scores[name][0]["checks"][key] == 1 for name in recipe.arms},
        )
        for key in shown
    ]
