"""What a search came to, for the terminal and for programs."""

import json
from dataclasses import asdict

from secondhalf.evaluate.invariance import moves_with
from secondhalf.report.verdict import no_evidence
from secondhalf.search.axes import named
from secondhalf.search.confirm import Confirmation, sentence
from secondhalf.search.limits import Measure
from secondhalf.search.measures import COST, in_dollars
from secondhalf.search.outcome import Outcome, Result
from secondhalf.search.study import Search
from secondhalf.statistics.sentences import too_few_seeds
from secondhalf.text.table import format_table


def as_text(search: Search, outcome: Outcome, confirmation: Confirmation | None) -> str:
    """A table of all trials, the best first, and sentences on what may be concluded."""
    figure, arm, columns = outcome.figures[0], search.settings.arm, shown_figures(outcome)
    unit = "USD" if in_dollars(search.recipe(search.trial(0, {}))) else "s"
    head = ["trial", "setting", *columns, "minus the start [95 %]", "p", "held-out loss", f"cost, {unit}", "run"]
    blocks = [
        f"{arm}, {figure} on the part choose, {outcome.tried} settings beside the recipe as it stands (trial 0)",
        format_table([_cells(result, columns) for result in outcome.results], head),
    ]
    blocks += [_conclusion(outcome)]
    if outcome.importance:
        shares = ", ".join(f"{field} {share:.2f}" for field, share in outcome.importance.items())
        blocks.append(f"Share of the variance of {figure} that a field alone explains: {shares}.")
    if confirmation:
        blocks.append(
            f"Confirmed under fresh training seeds ({', '.join(map(str, confirmation.seeds))}):\n"
            + sentence(confirmation, figure, "en")
        )
    elif nuisances := moves_with(figure):
        blocks.append(no_evidence(nuisances, "en"))
    return "\n\n".join(blocks)


def shown_figures(outcome: Outcome) -> list[str]:
    """The figures that have a column: those of the search and those of its limits, each once; cost has one of its own."""
    names = dict.fromkeys([*outcome.figures, *(limit.figure for limit in outcome.limits)])
    return [name for name in names if name != COST]


def _cells(result: Result, columns: list[str]) -> list[str]:
    trial, gain = result.trial, result.gain
    marks = "*" if result.on_front else ""
    kept = f"{', '.join(result.over)} not kept" if result.over else ""
    why = kept if trial.state == "evaluated" else trial.state
    compared = ["-", "-"]
    if gain:
        compared = [f"{gain.difference:+.4f} [{gain.low:.4f}, {gain.high:.4f}]", f"{gain.p:.3f}"]
    return [
        f"{trial.number}{marks}",
        (named(trial.setting) or "-") + (f" ({why})" if why else ""),
        *(_shown(trial.measures.get(figure)) for figure in columns),
        *compared,
        "-" if trial.held_out is None else f"{trial.held_out:.4f}",
        f"{trial.measures[COST].mean:.4g}" if COST in trial.measures else "-",
        trial.run,
    ]


def _shown(measure: Measure | None) -> str:
    return "-" if measure is None else f"{measure.mean:.4f} [{measure.low:.4f}, {measure.high:.4f}]"


def _conclusion(outcome: Outcome) -> str:
    best, sentences = outcome.best, []
    if len(outcome.figures) > 1:
        sentences.append("Trials with a * are on the front: none is better in one figure and as good in the other.")
    if best is None:
        kept = f" that keeps {', '.join(map(str, outcome.limits))}" if outcome.limits else ""
        sentences.append(f"There is no winner: no trial was evaluated{kept}.")
    elif best.trial.number == 0:
        sentences.append("No setting came out better than the recipe as it stands: keep it.")
    else:
        sentences.append(f"{named(best.trial.setting)} came out best.")
        if best.gain and best.gain.uncovered:
            seeds = too_few_seeds(min(best.gain.seeds_a, best.gain.seeds_b))
            sentences.append(
                f"No difference from the recipe as it stands is shown (over prompts alone p = {best.gain.p:.3f}, corrected for "
                f"{outcome.tried} trials). {seeds}"
            )
        elif best.gain and best.gain.noise:
            sentences.append(
                f"It cannot be told from the recipe as it stands: p = {best.gain.p:.3f}, corrected for {outcome.tried} trials."
            )
        elif best.gain:
            sentences.append(
                f"It differs from the recipe as it stands (p = {best.gain.p:.3f}, corrected for {outcome.tried} trials)."
            )
        sentences.append("It was picked on these prompts, so its figure errs on the good side.")
    sentences += [
        f"Trial {trial.number} was not evaluated, it {'failed' if trial.state == 'failed' else 'was pruned'}: {trial.reason}"
        for trial in (result.trial for result in outcome.results)
        if trial.reason
    ]
    return "\n".join(sentences)


def as_json(search: Search, outcome: Outcome, confirmation: Confirmation | None) -> str:
    """The same for programs; `winner` is null where no setting is better than the recipe as it stands."""
    best = outcome.best
    content = {
        "search": search.name,
        "arm": search.settings.arm,
        "part": "choose",
        "figures": outcome.figures,
        "limits": [str(limit) for limit in outcome.limits],
        "trials": [asdict(result) for result in outcome.results],
        "importance": outcome.importance,
        "winner": best.trial.setting if best and best.trial.number else None,
        "confirmed": asdict(confirmation) if confirmation else None,
    }
    return json.dumps(content, ensure_ascii=False)
