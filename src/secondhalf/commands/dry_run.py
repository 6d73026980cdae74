"""`teach --dry-run`: the estimates of a run that has come to its pairs, and estimates as a table."""

from collections.abc import Callable

from secondhalf.models.journal.open import JOURNAL_FILE
from secondhalf.runs import Label, Run
from secondhalf.teach.forecast import Estimate, forecast_teaching
from secondhalf.text.table import format_table


def dry_run(run: Run) -> list[Estimate]:
    """The estimates of every data set. Raises UserError when its pairs are not made yet."""
    hour, journal = run.recipe.report.hour_in_dollars, run.store.root / JOURNAL_FILE
    return [
        row
        for name, data in run.recipe.data.items()
        if not data.baseline
        for row in forecast_teaching(
            name,
            run.stage(Label("split", data=name)).read(),
            data.teach,
            journal,
            hour,
            draft=run.recipe.draft_reference(name),
            address=run.recipe.journal,
        )
    ]


def as_text(estimates: list[Estimate], say: Callable[[str], str] = str) -> str:
    """A table, and below it where the figures come from. `say`: in the user's language."""
    if not estimates:
        return say("No data set asks a model.")
    rows = [
        [
            say(f"{row.data}, {row.part}"), f"{row.calls:,}", f"{row.from_journal:,}", f"{row.prompt_tokens:,}",
            f"{row.response_tokens:,}", f"{row.most_response_tokens:,}", say(_dollars(row.dollars)),
            say(_dollars(row.most_dollars)), f"{row.hours:.1f}",
        ]
        for row in estimates
    ]  # fmt: skip
    head = ["data", "replies", "in the journal", "tokens read", "written", "at most", "USD", "at most", "hours"]
    sources = [_source(row, say) for row in estimates]
    what = say("A rough estimate of what is left; no model was asked.")
    return "\n".join([format_table(rows, [say(name) for name in head]), "", what, *sources])


def _source(row: Estimate, say: Callable[[str], str]) -> str:
    """Where a row's figures come from, and what the budget will do."""
    how = "; ".join([*map(say, row.how.split("; ")), say(f"budget: {row.budget}")])
    return f"  {say(f'{row.data}, {row.part}')} {row.model.partition('#')[0]}: {how}"


def _dollars(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.2f}"
