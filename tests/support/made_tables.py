"""A run's tables that were never run: what the analysis computes from scores and battles that are written by hand."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from secondhalf.analysis.tables import RunTables
from secondhalf.recipe import Recipe
from secondhalf.rows import Score, to_table
from secondhalf.runs import Label

Values = Mapping[str, Mapping[str, float]]
"""figure -> id of a prompt -> value"""


class MadeTables(RunTables):
    """`scores`: of each arm, a mapping a training seed. `tables`: others, by label and kind."""

    def __init__(
        self, recipe: Recipe, scores: Mapping[str, list[Values]], tables: Mapping[tuple[Label, str], pa.Table] = {}
    ) -> None:
        self.recipe = recipe
        self._tables = dict(tables)
        self._manifests: dict[Label, Mapping[str, Any]] = {}
        for arm, seeds in scores.items():
            for label, values in zip(self.evaluated(arm), seeds, strict=True):
                rows = [Score(id, figure, value) for figure, by_id in values.items() for id, value in by_id.items()]
                self._tables[label, "part"] = to_table(Score, rows)
        self.stages = {label: None for label, _ in self._tables}  # type: ignore[misc]

    def rows(self, label: Label, kind: str = "part") -> list[dict[str, Any]]:
        table = self._tables.get((label, kind))
        return [] if table is None else table.to_pylist()

    def manifest(self, label: Label) -> Mapping[str, Any]:
        return self._manifests.get(label, {})
