"""Searches for tests: one over a recipe, and trials that nobody trained, whose figure follows from their setting."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from secondhalf.rows import Score, to_table
from secondhalf.search.limits import Measure
from secondhalf.search.settings import SearchSettings
from secondhalf.search.study import Search, begin, start_of
from secondhalf.search.trials import Trial
from secondhalf.store import Stage


def search_over(
    folder: Path, recipe: Path, *over: str, name: str = "s", overrides: tuple[str, ...] = (), **changes: Any
) -> Search:
    """A search in folder/searches/NAME, over the arm `taught` and the figure `relevance` where nothing else is said."""
    _, start, arm = start_of(recipe, list(overrides), "")
    settings: dict[str, Any] = {
        "recipe": str(recipe), "overrides": list(overrides), "start": start, "over": list(over), "arm": arm,
        "figures": ["relevance"], "adaptive": "trials" in changes, **changes,
    }  # fmt: skip
    return begin(SearchSettings(**settings), folder / "searches" / name, folder / "runs", folder / "store")


def evaluated(search: Search, trial: Trial, value: float, **others: float) -> Trial:
    """The trial as if it had been evaluated: eight prompts around `value` in `relevance`, and other figures without width."""
    stage = Stage(search.store / "evaluate" / f"{trial.number:016d}")
    stage.path.mkdir(parents=True, exist_ok=True)
    spread = [0.01 * ((n * (trial.number + 3)) % 5) for n in range(8)]
    scores = [value + one - sum(spread) / len(spread) for one in spread]
    stage.write("part", 0, to_table(Score, [Score(str(n), "relevance", one) for n, one in enumerate(scores)]))
    measures = {"relevance": Measure(value, value - 0.02, value + 0.02), "cost": Measure(2, 2, 2)}
    measures |= {figure: Measure(mean, mean, mean) for figure, mean in others.items()}
    keys = [f"evaluate/{stage.key}"]
    return replace(trial, state="evaluated", measures=measures, evaluated=keys, held_out=3.0)
