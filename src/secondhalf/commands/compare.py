"""`secondhalf compare RUN RUN ...`: arms of finished runs on one figure, prompt by prompt, each against the first run's; with
`--scaling` gain against the number of pairs."""

import argparse
import json
from dataclasses import asdict, dataclass, replace

from secondhalf import statistics
from secondhalf.analysis.figures import LOWER_IS_BETTER, both_have, has_gaps, unit_of
from secondhalf.analysis.results import Results
from secondhalf.analysis.safety import compared, compared_name
from secondhalf.analysis.training_seeds import seeds_behind
from secondhalf.api import find_run
from secondhalf.errors import UserError
from secondhalf.evaluate.invariance import moves_with
from secondhalf.output import print_result
from secondhalf.report.terminal import spoken
from secondhalf.report.verdict import no_evidence
from secondhalf.report.words import Language, headed, page_words
from secondhalf.runs import Run
from secondhalf.scaling import page
from secondhalf.scaling.curve import scaling_curves
from secondhalf.statistics import Comparison, describe_comparison
from secondhalf.text.table import format_table


def main(options: argparse.Namespace) -> None:
    """Prints an arm of several runs on one figure."""
    runs = [find_run(name, runs=options.runs, store=options.store) for name in options.runs_named]
    figure = options.figure or runs[0].recipe.evaluate.primary
    if options.scaling:
        _scaling(runs, figure, options)
        return
    if options.at is not None or options.out:
        raise UserError("--at and --out belong to --scaling: add it, or leave them out.")
    rows = compare(runs, options.arm, figure)
    text = as_json(rows) if options.json else as_text(rows, figure, runs[0].recipe.report.language)
    print_result(text, as_json=options.json)


def _scaling(runs: list[Run], figure: str, options: argparse.Namespace) -> None:
    """Prints, and writes, gain against the number of pairs."""
    folders = [run.folder.resolve() for run in runs]
    for run, folder in zip(runs, folders, strict=True):
        if folders.count(folder) > 1:  # its points would weigh twice on the line
            raise UserError(f"{run.folder.name} is named twice; once is enough.")
    curves, language = scaling_curves(runs, figure, options.at or 0), runs[0].recipe.report.language
    if options.out:
        page.write_page(curves, figure, language, options.out)
    text = page.as_json(curves, figure) if options.json else page.as_text(curves, figure, language)
    print_result(text, as_json=options.json)


@dataclass(frozen=True)
class ComparedRun:
    """One run's arm; `comparison` is with the first run's, p corrected for the number of comparisons (Holm)."""

    run: str
    arm: str
    mean: float
    low: float
    high: float
    comparison: Comparison | None


def compare(runs: list[Run], arm: str, figure: str) -> list[ComparedRun]:
    """The arm `arm` of every run on `figure`, each against the first run's, prompt by prompt.

    Raises UserError for fewer than two runs, for one without that arm or figure, and for runs that asked other prompts.
    """
    if len(runs) < 2:
        raise UserError("Name two runs at least: secondhalf compare RUN RUN.")
    rows: list[ComparedRun] = []
    first = None
    for run in runs:
        mine = Results(run).scores(arm, figure)
        if has_gaps(figure):
            [mine] = both_have(mine)
        first = first or mine
        mean = statistics.estimate(
            [[seed[id] for id in sorted(seed)] for seed in mine], share=unit_of(figure) == "share"
        )
        scores, first_scores = both_have(mine, first) if has_gaps(figure) else (mine, first)
        own, others = (seeds_behind(arm, one.recipe, inherited=True) for one in (run, runs[0]))
        comparison = None if mine is first else compared(figure, scores, first_scores, (own, others))
        rows.append(ComparedRun(run.folder.name, arm, mean.mean, mean.low, mean.high, comparison))
    return _corrected(rows)


def _corrected(rows: list[ComparedRun]) -> list[ComparedRun]:
    comparisons = [row.comparison for row in rows if row.comparison]
    ps = iter(statistics.holm([one.p for one in comparisons]))
    return [replace(row, comparison=_with_p(row.comparison, next(ps))) if row.comparison else row for row in rows]


def _with_p(comparison: Comparison, p: float) -> Comparison:
    return replace(comparison, p=p, noise=comparison.noise or p >= 0.05)


def as_text(rows: list[ComparedRun], figure: str, language: Language = "en") -> str:
    """A table, and a sentence for every run but the first. English names a figure as recipes and commands do."""
    name = compared_name(figure)
    shown = {row.run: row.run for row in rows}
    if language != "en":
        words = page_words(language)
        name, shown = headed(words, "figure", name), {run: words["quoted"].format(name=run) for run in shown}
    cells = [[row.run, row.arm, f"{row.mean:.3f} [{row.low:.3f}, {row.high:.3f}]"] for row in rows]
    lower = figure in LOWER_IS_BETTER
    sentences = [
        describe_comparison(
            row.comparison,
            language,
            shown[row.run],
            shown[rows[0].run],
            name,
            lower_is_better=lower,
            evidence=not moves_with(figure),
        )
        for row in rows
        if row.comparison
    ]
    warning = [no_evidence(nuisances, language)] if (nuisances := moves_with(figure)) else []
    return "\n".join(
        [format_table(cells, [spoken("run", language), spoken("arm", language), figure]), "", *sentences, *warning]
    )


def as_json(rows: list[ComparedRun]) -> str:
    """The same for programs: one object a run, in which `said` is the comparison, null for the first run."""
    return json.dumps([_as_dict(row) for row in rows], ensure_ascii=False)


def _as_dict(row: ComparedRun) -> dict[str, object]:
    fields = asdict(row)
    fields["said"] = fields.pop("comparison")
    return fields
