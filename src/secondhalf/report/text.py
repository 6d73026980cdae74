"""The facts as plain text for a terminal."""

from collections.abc import Mapping

from secondhalf.analysis.facts import Facts, Figure
from secondhalf.report.summary import worded_answers
from secondhalf.report.verdict import people_said, primary, sentence
from secondhalf.report.words import fill, named, page_words
from secondhalf.text.table import format_table


def as_text(facts: Facts) -> str:
    """The five answers, the verdict, the arms' figures with intervals, and what every comparison says.

    "met": how many of a benchmark's prompts were met in the arm's training pairs.
    """
    words = page_words(facts.language)
    answers = [
        "\n".join(
            [f"{one.title} {one.outcome}", *(f"  {'x' if point.bad else '-'} {point.text}" for point in one.points)]
        )
        for one in worded_answers(facts)
    ]
    verdicts = [stated.sentence for stated in primary(facts)]
    names = list(dict.fromkeys(figure.name for arm in facts.arms for figure in [*arm.figures, *arm.probes]))
    rows = []
    for name in names:
        held = [{figure.name: figure for figure in [*arm.figures, *arm.probes]}.get(name) for arm in facts.arms]
        rows.append([_named(name, facts), *(_cell(figure, words) if figure else "-" for figure in held)])
    table = format_table(rows, [words["text_figure"], *(arm.name for arm in facts.arms)])
    blocks = [*answers, "\n".join(verdicts), table]
    others = [sentence(comparison, facts) for comparison in facts.comparisons if comparison.figure != facts.primary]
    blocks.append("\n".join(others))
    blocks.append("\n".join(stated.sentence for stated in people_said(facts)))
    blocks.append(_overfitting(facts))
    blocks.append(_costs(facts))
    return "\n\n".join(block for block in blocks if block)


def _named(figure: str, facts: Facts) -> str:
    """A figure as commands know it, in other languages with its word."""
    if facts.language == "en":
        return figure
    worded = (named(page_words(facts.language), kind, figure) for kind in ("figure", "probe"))
    return next((said for said in worded if said != figure), figure)


def _overfitting(facts: Facts) -> str:
    """Leaks, the gap and forgetting with their limits, and which training stopped early."""
    words = page_words(facts.language)
    rows = [
        [
            f"{_named(probe.figure, facts)} {probe.arm}",
            f"{probe.value:.3f}",
            f"{probe.baseline:.3f}",
            "-" if probe.untouched is None else f"{probe.untouched:.3f}",
            f"{probe.difference:+.3f} [{probe.low:.3f}, {probe.high:.3f}]",
            f"{probe.limit:.3g}",
            words[f"state_{probe.state}"],
        ]
        for probe in facts.overfitting
    ]
    head = [
        words[f"text_{name}"] for name in ("probe", "trained", "held_out", "untouched", "worse_by", "limit", "state")
    ]
    kept = [
        f"{curve.arm}: "
        + fill(
            words["stopped_early" if curve.stopped else "kept_best"],
            seed=curve.seed,
            last=curve.points[-1].step,
            best=curve.best,
        )
        for curve in facts.losses
        if curve.best is not None
    ]
    return "\n\n".join(block for block in ("\n".join(kept), format_table(rows, head) if rows else "") if block)


def _costs(facts: Facts) -> str:
    """What the stages that asked a model took; nothing when none did."""
    words = page_words(facts.language)
    rows = [
        [
            f"{cost.stage} {cost.label}".strip() + (f", {words['text_from_store']}" if cost.reused else ""),
            f"{cost.model_calls:,}",
            f"{cost.journal_calls:,}",
            f"{cost.prompt_tokens:,}",
            f"{cost.response_tokens:,}",
            words["unknown"] if cost.money is None else f"{cost.money:,.4g}",
        ]
        for cost in facts.costs
        if cost.model_calls
    ]
    head = [words[f"text_{name}"] for name in ("asked", "calls", "from_journal", "read", "written")]
    return format_table(rows, [*head, facts.currency]) if rows else ""


def _cell(figure: Figure, words: Mapping[str, str]) -> str:
    overlap = ""
    if figure.contaminated is not None:
        overlap = "; " + fill(words["text_met"], contaminated=figure.contaminated, n=figure.prompts)
    return f"{figure.mean:.3f} [{figure.low:.3f}, {figure.high:.3f}]{overlap}"
