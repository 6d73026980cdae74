"""A run's tables and manifests, each read once: what every figure, comparison and cost is computed from."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import pyarrow as pa

from secondhalf.errors import UserError
from secondhalf.runs import Label, Run
from secondhalf.store import Stage

Scores = dict[str, dict[str, float]]
"""figure -> id of a prompt (or pair, or document) -> value"""


class _Stages(dict[Label, Stage]):
    """A run's stages; one that it has not come to, since it was stopped before, is a sentence."""

    def __init__(self, run: Run) -> None:
        super().__init__(run.stages())
        self._run = run.folder.name

    def __missing__(self, label: Label) -> Stage:
        raise UserError(f"{self._run} has not come to {label} yet: `secondhalf run RECIPE` goes on with it.")


class RunTables:
    """The stages that a run has come to, its recipe, and what they hold."""

    def __init__(self, run: Run) -> None:
        self.run, self.recipe = run, run.recipe
        self.links, self.stages = run.links(), _Stages(run)
        self._tables: dict[tuple[Label, str], pa.Table] = {}
        self._manifests: dict[Label, Mapping[str, Any]] = {}

    def __contains__(self, label: Label) -> bool:
        return label in self.stages

    def table(self, label: Label, kind: str = "part") -> pa.Table:
        """All parts of a kind as one table. Raises UserError for a stage that the run has not come to."""
        key = label, kind
        if key not in self._tables:
            self._tables[key] = self.stages[label].read(kind)
        return self._tables[key]

    def rows(self, label: Label, kind: str = "part") -> list[dict[str, Any]]:
        """The same, row by row; none where the stage has no such table."""
        stage = self.stages[label]
        return self.table(label, kind).to_pylist() if stage.has(kind, 0) else []

    def manifest(self, label: Label) -> Mapping[str, Any]:
        """What a stage counted. Raises UserError for a stage that the run has not come to."""
        if label not in self._manifests:
            self._manifests[label] = self.stages[label].manifest
        return self._manifests[label]

    def evaluated(self, arm: str) -> list[Label]:
        """The evaluate stages of an arm: one a training seed, or one where it is not trained."""
        settings = self.recipe.arms[arm]
        return [
            Label("evaluate", arm=arm, seed=seed) for seed in (settings.train.seeds if settings.trained else [None])
        ]

    def scored(self, arm: str, benchmark: str) -> list[Label]:
        """The stages of an arm's scores on a benchmark, those that there are."""
        labels = (replace(one, stage="benchmark", benchmark=benchmark) for one in self.evaluated(arm))
        return [label for label in labels if label in self]

    def scores_of(self, label: Label) -> Scores:
        """The values in a stage's table of Scores."""
        scores: Scores = {}
        for row in self.rows(label):
            scores.setdefault(row["figure"], {})[row["id"]] = row["value"]
        return scores

    @cached_property
    def scores(self) -> dict[str, list[Scores]]:
        """Each arm's scores, all figures together, a table a training seed. Arms that are not evaluated yet are left out."""
        return {
            arm: [self._all_scores(label) for label in self.evaluated(arm)]
            for arm in self.recipe.arms
            if all(label in self for label in self.evaluated(arm))
        }

    def _all_scores(self, evaluated: Label) -> Scores:
        benchmarks = (
            replace(evaluated, stage="benchmark", benchmark=one.name) for one in self.recipe.evaluate.benchmarks
        )
        others = (replace(evaluated, stage=stage) for stage in ("safety", "leaderboard"))
        scores: Scores = {}
        for label in (evaluated, *benchmarks, *others):
            if label in self:
                for figure, values in self.scores_of(label).items():
                    scores.setdefault(figure, {}).update(values)
        return scores
