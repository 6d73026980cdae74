"""Gathers a finished run's facts from its stages: every figure of the page is read from a table or a manifest here."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from secondhalf import statistics
from secondhalf.clean import mix as mixing
from secondhalf.prompts import everyday
from secondhalf.recipe import Recipe, load
from secondhalf.report import benchmarks, overfitting
from secondhalf.report.facts import (
    Arm,
    Comparison,
    Cost,
    Curve,
    Entry,
    Facts,
    Figure,
    Point,
    Reason,
    Sample,
    Shift,
    Step,
    Unit,
)
from secondhalf.report.roles import deciding, role
from secondhalf.rows import digest
from secondhalf.run import read_links
from secondhalf.show import examples, mix, reasons
from secondhalf.spending import spending
from secondhalf.store import Stage, Store, surroundings

# The figures of merit and their units; what else is measured is a habit of the answers.
FIGURES: dict[str, Unit] = {"relevance": "nats", "margin": "nats", "ranking": "share", "checks": "share"}
LOWER_IS_BETTER = {"next_turn", "repeats", "echo", "empty"}
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
Scores = dict[str, dict[str, float]]  # figure -> prompt id -> value


def collect(folder: Path, store: Store) -> Facts:
    """The facts of the run in `folder`. Everything but the page's date follows from the run."""
    recipe = load(folder / "recipe.yaml")
    stages = {label: Stage(store.root / link["stage"]) for label, link in read_links(folder).items()}
    reused = {label: bool(link["reused"]) for label, link in read_links(folder).items()}
    scores = {name: scores_of(name, recipe, stages) for name in recipe.arms}
    moves = mix(folder, store)
    costs = [_cost(label, stage, reused[label], recipe) for label, stage in stages.items()]
    return Facts(
        name=recipe.name,
        title=recipe.report.title,
        language=recipe.report.language,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        primary=recipe.evaluate.primary,
        claims=recipe.evaluate.part,
        arms=[_arm(name, recipe, stages, scores[name]) for name in recipe.arms],
        comparisons=_comparisons(recipe, stages, scores),
        funnel=[_step(label, stage) for label, stage in stages.items() if label.partition(":")[0] in _FUNNEL],
        shifts=[_shift(moved) for moved in moves if moved.stands_out],
        shifts_compared=len(moves),
        losses=[_curve(label, stage) for label, stage in stages.items() if label.startswith("train:")],
        overfitting=overfitting.probes(recipe, stages),
        answers=_samples(recipe, stages, scores),
        costs=costs,
        currency=recipe.report.currency,
        machine_priced=recipe.report.hourly_price is not None,
        cost_per_pair=_per_pair(recipe, stages),
        human_cost_per_pair=recipe.report.human_price,
        unchecked=_unchecked(recipe),
        notices=recipe.notices,
        provenance=_provenance(folder, recipe, stages),
    )


_UNSAMPLED = {"repeated": "repeated", "not_sampled": "not in the sample"}
_FUNNEL = {"corpus": "documents", "clean": "documents"} | dict.fromkeys(("split", "teach", "audit", "compose"), "pairs")


def _labels(name: str, recipe: Recipe) -> list[str]:
    """The evaluate stages of an arm: one a seed, or one where it is not trained."""
    arm = recipe.arms[name]
    return [f"evaluate:{name}:{seed}" for seed in arm.train.seeds] if arm.trained else [f"evaluate:{name}"]


def scores_of(name: str, recipe: Recipe, stages: dict[str, Stage]) -> list[Scores]:
    """An arm's scores, a table a training seed: figure -> prompt -> value."""
    found: list[Scores] = []
    for label in _labels(name, recipe):
        table: Scores = {}
        for scored in (label, *benchmarks.labels(label, recipe)):
            for row in stages[scored].read().to_pylist():
                table.setdefault(row["figure"], {})[row["id"]] = row["value"]
        found.append(table)
    return found


def _unit(figure: str) -> Unit:
    return FIGURES.get(figure, "share")


def _arm(name: str, recipe: Recipe, stages: dict[str, Stage], scores: list[Scores]) -> Arm:
    arm = recipe.arms[name]
    trained: dict[str, Any] = {}
    if arm.trained:
        trained = stages[f"train:{name}:{arm.train.seeds[0]}"].manifest
    figures: dict[str, Figure] = {}
    for figure in scores[0]:
        interval = statistics.estimate([[seed[figure][key] for key in sorted(seed[figure])] for seed in scores])
        figures[figure] = Figure(
            name=figure,
            unit=_unit(figure),
            mean=interval.mean,
            low=interval.low,
            high=interval.high,
            prompts=interval.prompts,
            seeds=interval.seeds,
            met=benchmarks.met(figure, [name], recipe, stages),
        )
    return Arm(
        name=name,
        role=role(name, recipe),
        student=recipe.students[arm.student].partition("#")[0],
        template=arm.train.template.name,
        seeds=arm.train.seeds if arm.trained else [],
        pairs=trained.get("rows", 0),
        supervised_tokens=trained.get("supervised_tokens", 0),
        figures=[figures[name] for name in _merits(recipe) if name in figures],
        probes=[figure for name, figure in figures.items() if name not in _merits(recipe)],
    )


def _merits(recipe: Recipe) -> list[str]:
    return [*FIGURES, *benchmarks.names(recipe)]


def _comparisons(recipe: Recipe, stages: dict[str, Stage], scores: dict[str, list[Scores]]) -> list[Comparison]:
    """Every comparison on every figure; the primary figure first, and against a trained control before the untouched."""
    pairs = [(arm, other) for arm in recipe.arms for other in recipe.compared_with(arm)]
    pairs.sort(key=lambda pair: deciding(pair, recipe))
    order = sorted([*_merits(recipe), "stops", "repeats"], key=lambda figure: figure != recipe.evaluate.primary)
    found = []
    for figure in order:
        for arm, other in pairs:
            if figure not in scores[arm][0] or figure not in scores[other][0]:
                continue
            mine, theirs = [seed[figure] for seed in scores[arm]], [seed[figure] for seed in scores[other]]
            said = statistics.compare(*statistics.align(mine, theirs))
            found.append(
                Comparison(
                    arm=arm,
                    against=other,
                    figure=figure,
                    unit=_unit(figure),
                    difference=said.difference,
                    low=said.low,
                    high=said.high,
                    p=said.p,
                    prompts=said.prompts,
                    seeds=said.seeds_a,
                    seeds_against=said.seeds_b,
                    noise=said.noise,
                    smallest=said.smallest,
                    higher_is_better=figure not in LOWER_IS_BETTER,
                    met=benchmarks.met(figure, [arm, other], recipe, stages),
                )
            )
    return found


def _step(label: str, stage: Stage) -> Step:
    name, _, data = label.partition(":")
    told = stage.manifest
    rejects = []
    if told.get("rejected"):
        counted = reasons(stage)
        shown = examples(stage, {one for _, _, ids in counted for one in ids}, 400)
        for reason, count, ids in counted:
            some = [shown[one].text for one in ids]
            rejects.append(Reason(check=shown[ids[0]].check, reason=reason, count=count, examples=some))
    for reason in ("repeated", "not_sampled"):
        if told.get(reason):
            rejects.append(Reason(check="sample", reason=_UNSAMPLED[reason], count=told[reason]))
    unit: Any = _FUNNEL[name]
    if name == "clean":  # its second part, over the whole sample, is a step of its own and no data set's
        name, data = data or name, ""
    return Step(stage=name, data=data, unit=unit, rows_in=told["rows_in"], rows_out=told["rows"], rejects=rejects)


def _shift(moved: mixing.Shift) -> Shift:
    of_page = {name: getattr(moved, name) for name in Shift.model_fields}
    return Shift.model_validate(of_page)


def _curve(label: str, stage: Stage) -> Curve:
    _, arm, seed = label.split(":")
    rows = [json.loads(line) for line in (stage.path / "log.jsonl").read_text("utf-8").splitlines()]
    points = [Point(step=r["step"], tokens=0, loss=r["loss"], held_out=r["held_out"]) for r in rows]
    told = stage.manifest
    return Curve(
        arm=arm,
        seed=int(seed),
        points=points,
        best=told.get("best_step"),
        stopped=told.get("stopped_early", False),
    )


def _unchecked(recipe: Recipe) -> list[str]:
    language = recipe.report.language
    sentences = benchmarks.unchecked(UNCHECKED[language], recipe)
    return sentences if recipe.probes.pairs else [*sentences, overfitting.UNCHECKED[language]]


def _samples(recipe: Recipe, stages: dict[str, Stage], scores: dict[str, list[Scores]]) -> list[Sample]:
    """The first prompts by a hash of their id, with each arm's answer under its first seed: chosen without looking."""
    answers: dict[str, dict[str, str]] = {}
    for name in recipe.arms:
        table = stages[_labels(name, recipe)[0]].read("answers")
        answers[name] = dict(zip(table.column("id").to_pylist(), table.column("text").to_pylist(), strict=True))
    prompts = {prompt.id: prompt for prompt in everyday.load()}
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


def _cost(label: str, stage: Stage, reused: bool, recipe: Recipe) -> Cost:
    told = stage.manifest
    name, _, of = label.partition(":")
    asked = spending(told)
    return Cost(
        stage=name,
        label=of.replace(":", " "),
        seconds=asked.seconds,
        model_calls=asked.calls,
        journal_calls=asked.from_journal,
        prompt_tokens=asked.prompt_tokens,
        response_tokens=asked.response_tokens,
        money=_money(told, recipe),
        reused=reused,
    )


def _per_pair(recipe: Recipe, stages: dict[str, Stage]) -> float | None:
    """What teaching and auditing cost, over the accepted pairs of the taught data sets."""
    taught = [name for name, data in recipe.data.items() if data.teach.model != "original" and not data.baseline]
    pairs = sum(stages[f"audit:{name}"].manifest["rows"] for name in taught)
    costs = [
        _money(stages[f"{stage}:{name}"].manifest, recipe) for name in taught for stage in ("split", "teach", "audit")
    ]
    known = [cost for cost in costs if cost is not None]
    return sum(known) / pairs if pairs and known else None


def _money(manifest: dict[str, Any], recipe: Recipe) -> float | None:
    """The machine's time and the model calls, in the report's currency; without an hour's price the calls alone."""
    price, spent = recipe.report.hourly_price, spending(manifest)
    calls = None if spent.dollars is None else recipe.report.from_dollars(spent.dollars)
    if price is None or calls is None:
        return calls or None
    return spent.seconds / 3600 * price + calls


def _provenance(folder: Path, recipe: Recipe, stages: dict[str, Stage]) -> list[Entry]:
    here = surroundings()
    identities = {
        f"{key} ({label})": value
        for label, stage in stages.items()
        for key, value in stage.manifest["inputs"].items()
        if key in {"model", "student", "texts", "prompts"}
    }
    entries = {
        "secondhalf run": f"{folder.name}: secondhalf run {folder}/recipe.yaml",
        "code revision": here["revision"] or "an installed package",
        "packages": "\n".join(f"{name} {version}" for name, version in here["packages"].items()),
        "python": here["python"],
        "machine": here["machine"],
        "corpus licence": recipe.corpus.licence or "not stated in the recipe",
        "everyday prompts": f"version {everyday.VERSION}, part {recipe.evaluate.part}",
        "hashes": "\n".join(f"{name}: {value}" for name, value in identities.items()),
        "stages": "\n".join(f"{label}: {stage.name}/{stage.key}" for label, stage in stages.items()),
        "recipe, resolved": (folder / "recipe.yaml").read_text("utf-8"),
    }
    return [Entry(label=label, value=value) for label, value in entries.items()]
