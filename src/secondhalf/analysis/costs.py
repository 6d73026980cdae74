"""What each stage took in time, calls and money, and what an accepted pair cost."""

from typing import Any

from secondhalf.analysis.facts import Cost
from secondhalf.analysis.spending import spending
from secondhalf.recipe import Recipe
from secondhalf.runs import Label
from secondhalf.store import Stage


def cost(label: Label, stage: Stage, reused: bool, recipe: Recipe) -> Cost:
    told = stage.manifest
    asked = spending(told)
    return Cost(
        stage=label.stage,
        label=label.subject,
        seconds=asked.seconds,
        model_calls=asked.calls,
        journal_calls=asked.from_journal,
        prompt_tokens=asked.prompt_tokens,
        response_tokens=asked.response_tokens,
        money=_money(told, recipe),
        reused=reused,
    )


def per_pair(recipe: Recipe, stages: dict[Label, Stage]) -> float | None:
    """What teaching and auditing cost, over the accepted pairs of the taught data sets."""
    taught = [name for name, data in recipe.data.items() if data.teach.model != "original" and not data.baseline]
    pairs = sum(stages[Label("audit", data=name)].manifest["rows"] for name in taught)
    costs = [
        _money(stages[Label(stage, data=name)].manifest, recipe)
        for name in taught
        for stage in ("split", "teach", "audit")
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
