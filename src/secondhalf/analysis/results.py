"""What a run found, read once: report, show, compare, export and the public API are views of it."""

from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cached_property

import pyarrow as pa

from secondhalf.analysis.costs import cost, per_pair
from secondhalf.analysis.facts import Curve, Facts, PilotTeacher, Point, Sample
from secondhalf.analysis.figures import arm_of, comparisons
from secondhalf.analysis.flat.figures import FlatFigure, Key, flat_figures
from secondhalf.analysis.flat.pairs import everyday_contamination, instruction_shares_of_arms
from secondhalf.analysis.funnel import FUNNEL, shift, step
from secondhalf.analysis.groups import grouped
from secondhalf.analysis.instruction_share import instruction_shares
from secondhalf.analysis.judgments.judges import accounts
from secondhalf.analysis.judgments.people import people_review
from secondhalf.analysis.overfitting import probes
from secondhalf.analysis.provenance import provenance
from secondhalf.analysis.rates import rates
from secondhalf.analysis.rejects import mix
from secondhalf.analysis.safety import SAFETY
from secondhalf.analysis.tables import RunTables
from secondhalf.analysis.unchecked import unchecked
from secondhalf.errors import UserError
from secondhalf.evaluate.everyday.checks import run_checks
from secondhalf.evaluate.everyday.prompts import EverydayPrompt, load_everyday
from secondhalf.evaluate.minimal_pairs.pairs import BY_KIND
from secondhalf.rows import digest
from secondhalf.runs import Label, Run
from secondhalf.runs.pilots import pilot_rankings, pilots_of
from secondhalf.runs.trained import arm_settings
from secondhalf.text.nearest import hint
from secondhalf.train.log import read_log


class Results:
    """What a run found: its tables, read once, and everything that the page, the terminal and programs are told of them.

    >>> import secondhalf
    >>> recipe = secondhalf.load("recipes/quickstart.yaml", corpus={"sample": 40})
    >>> results = secondhalf.Results(secondhalf.run(recipe, until="corpus"))
    >>> results.table("corpus").num_rows
    40
    >>> results.table("split:taught")
    Traceback (most recent call last):
        ...
    secondhalf.errors.UserError: quickstart has no stage split:taught; it has corpus.
    """

    def __init__(self, run: Run) -> None:
        if not isinstance(run, Run):
            raise UserError(f"Results reads a Run, and not {str(run)[:60]!r}: secondhalf.find_run(NAME) finds one.")
        self.tables = RunTables(run)

    @cached_property
    def facts(self) -> Facts:
        """Everything that is known of the run; `facts.json` is its dump. All but its date follows from the run's stages.

        Raises UserError for a run that has not come to the end of its evaluation.
        """
        tables, recipe, stages = self.tables, self.tables.recipe, self.tables.stages
        if missing := [name for name in recipe.arms if name not in tables.scores]:
            raise UserError(
                f"{tables.run.folder.name}: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not evaluated yet: "
                "`secondhalf run RECIPE` goes on with it."
            )
        moves, of_battles = mix(stages), rates(tables)
        by_group, profiles = grouped(tables)
        people = people_review(tables.run)
        return Facts(
            name=recipe.name,
            title=recipe.report.title,
            note=recipe.report.note,
            language=recipe.report.language,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            primary=recipe.evaluate.primary,
            claims=recipe.evaluate.part,
            arms=[arm_of(name, tables, of_battles.get(name, [])) for name in recipe.arms],
            comparisons=comparisons(tables),
            errors=comparisons(tables, SAFETY) if recipe.evaluate.safety.enabled else [],
            groups=by_group,
            profiles=profiles,
            judges=accounts(tables),
            people=people,
            funnel=[step(label, tables) for label in stages if label.stage in FUNNEL],
            instructions=instruction_shares(tables),
            pilots=[
                [PilotTeacher(**asdict(row)) for row in rows] for rows in pilot_rankings(recipe, pilots_of(stages))
            ],
            shifts=[shift(moved) for moved in moves if moved.stands_out],
            shifts_compared=len(moves),
            losses=[_curve(label, tables) for label in stages if label.stage == "train"],
            overfitting=probes(tables),
            answers=_samples(tables),
            costs=[cost(label, tables) for label in stages],
            currency=recipe.report.currency,
            machine_priced=recipe.report.hourly_price is not None,
            cost_per_pair=per_pair(tables),
            human_cost_per_pair=recipe.report.human_price,
            unchecked=unchecked(recipe, people),
            notices=recipe.notices,
            provenance=provenance(tables),
        )

    @cached_property
    def figures(self) -> dict[Key, FlatFigure]:
        """The facts' figures in one table, by name, arm and the arm that it is compared with. Raises UserError as `facts`."""
        instructions = instruction_shares_of_arms(self.facts, self.tables.recipe)
        return flat_figures(self.facts, everyday_contamination(self.tables), instructions)

    def table(self, label: Label | str, kind: str = "part") -> pa.Table:
        """A stage's table: part (its rows), rejects, verdicts, answers, judgments ... Labels are written as in stages.json.

        Raises UserError for a stage that the run has not come to, and for a table that it does not have.
        """
        try:
            parsed = Label.parse(label) if isinstance(label, str) else label
        except ValueError:  # a stage's name without its data set or arm, or none
            parsed = None
        if parsed is None or parsed not in self.tables:
            # All of them: the nearest in spelling is seldom the one that the run has yet to come to.
            known = ", ".join(map(str, self.tables.stages)) or "none yet"
            raise UserError(f"{self.tables.run.folder.name} has no stage {label}; it has {known}.")
        return self.tables.table(parsed, kind)

    def scores(self, arm: str, figure: str) -> list[dict[str, float]]:
        """An arm's values on a figure by prompt, a table a training seed.

        Raises UserError for an arm that the run does not have or has not evaluated, and for a figure that it lacks.
        """
        arm_settings(self.tables.run, arm)
        name, seeds = self.tables.run.folder.name, self.tables.scores.get(arm)
        if seeds is None:
            raise UserError(f"{name}: {arm} is not evaluated yet: `secondhalf evaluate RECIPE`.")
        if not any(figure in scores for scores in seeds):
            raise UserError(f"{name} has no figure {figure}{hint(figure, sorted(seeds[0].keys() - {BY_KIND}))}")
        return [scores.get(figure, {}) for scores in seeds]


def _curve(label: Label, tables: RunTables) -> Curve:
    rows, counts = read_log(tables.stages[label]), tables.manifest(label)
    return Curve(
        arm=label.arm,
        seed=label.seed or 0,
        points=[Point(step=row["step"], tokens=0, loss=row["loss"], held_out=row["held_out"]) for row in rows],
        best=counts.get("best_step"),
        stopped=counts.get("stopped_early", False),
    )


def _samples(tables: RunTables) -> list[Sample]:
    """The first prompts by a hash of their id, with each arm's answer under its first seed: chosen without looking."""
    recipe = tables.recipe
    answers: dict[str, dict[str, str]] = {}
    for name in recipe.arms:
        evaluated = tables.evaluated(name)[0]
        answered = replace(evaluated, stage="answers", benchmark="everyday")
        # Runs of before 2026-11-28 have them in the stage that scores them.
        table = tables.table(answered if answered in tables else evaluated, "answers")
        answers[name] = dict(zip(table.column("id").to_pylist(), table.column("text").to_pylist(), strict=True))
    prompts = {prompt.id: prompt for prompt in load_everyday()}
    everywhere = set.intersection(*(set(texts) for texts in answers.values())) if answers else set()
    chosen = sorted(everywhere, key=lambda id: digest("sample", id))[: recipe.report.samples]
    return [
        Sample(
            prompt_id=id,
            language=prompts[id].language,
            prompt=prompts[id].text,
            answers={name: answers[name][id] for name in recipe.arms},
            passed={name: tables.scores[name][0]["checks"][id] == 1 for name in recipe.arms},
            failed={name: _failed(prompts[id], answers[name][id]) for name in recipe.arms},
        )
        for id in chosen
    ]


def _failed(prompt: EverydayPrompt, answer: str) -> list[str]:
    """What an answer does not pass: the guards that fail all checks where one trips, else the kinds of the checks."""
    verdicts = run_checks(prompt, answer)
    guards, checks = verdicts[: -len(prompt.checks)], verdicts[-len(prompt.checks) :]
    tripped = [verdict.check for verdict in guards if not verdict.passed]
    return tripped or [verdict.check for verdict in checks if not verdict.passed]
