"""What each stage took in time, calls and money, and what an accepted pair cost."""

from secondhalf.analysis.facts import Cost
from secondhalf.analysis.spending import spending
from secondhalf.analysis.tables import RunTables
from secondhalf.runs import Label


def cost(label: Label, tables: RunTables) -> Cost:
    """What one stage took."""
    calls = spending(tables.manifest(label))
    return Cost(
        stage=label.stage,
        label=label.subject,
        seconds=calls.seconds,
        model_calls=calls.calls,
        journal_calls=calls.from_journal,
        prompt_tokens=calls.prompt_tokens,
        response_tokens=calls.response_tokens,
        estimated_calls=calls.estimated,
        money=_money(label, tables),
        reused=tables.links[label].reused,
    )


def per_pair(tables: RunTables) -> float | None:
    """What teaching, its pilot and auditing cost, over the accepted pairs of the taught data sets; None where it is not known."""
    taught = [name for name, data in tables.recipe.data.items() if data.taught]
    pairs = sum(tables.manifest(Label("audit", data=name))["rows"] for name in taught)
    labels = [Label(stage, data=name) for name in taught for stage in ("split", "pilot", "teach", "audit")]
    costs = [_money(label, tables) for label in labels if label.stage != "pilot" or label in tables]
    known = [cost for cost in costs if cost is not None]
    return sum(known) / pairs if pairs and known else None


def _money(label: Label, tables: RunTables) -> float | None:
    """The machine's time and the model calls, in the report's currency; without an hour's price the calls alone."""
    settings, spent = tables.recipe.report, spending(tables.manifest(label))
    calls = None if spent.dollars is None else settings.from_dollars(spent.dollars)
    if settings.hourly_price is None or calls is None:
        return calls or None
    return spent.seconds / 3600 * settings.hourly_price + calls
