"""The public API: what `import secondhalf` offers, and what the commands themselves are made of.

import secondhalf

recipe = secondhalf.load("recipes/quickstart.yaml", name="mine", **{"train.learning_rate": 3e-4})
run = secondhalf.run(recipe)
results = secondhalf.Results(run)
results.table("audit:taught")      # a pyarrow.Table
results.facts.comparisons          # records: difference, low, high, p, prompts, seeds, noise
"""

from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.recipe import Recipe, load_recipe
from secondhalf.runs import Run, find, opened
from secondhalf.runs.labels import METHOD
from secondhalf.store.remote.home import open_store, store_folder
from secondhalf.text.nearest import hint


def load(path: str | Path, **overrides: Any) -> Recipe:
    """The recipe of a YAML file, every default filled in.

    `overrides` replace its fields: top ones by name (`name="mine"`), others by their path (`**{"train.rank": 8}`) or as
    mappings that are laid over (`train={"rank": 8}`). Raises UserError naming line, field and the nearest name.

    >>> import secondhalf
    >>> recipe = secondhalf.load("recipes/quickstart.yaml", name="mine", **{"train.rank": 8})
    >>> recipe.name, recipe.train.rank, sorted(recipe.arms)
    ('mine', 8, ['original', 'taught', 'untouched'])
    """
    return load_recipe(Path(path), [(name, _plain(value)) for name, value in overrides.items()])


def _plain(value: Any) -> Any:
    """A value as a recipe's file would have it: its paths are texts."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def run(
    recipe: Recipe,
    *,
    until: str = "report",
    runs: str | Path = "runs",
    store: str | Path = "store",
    again: bool = False,
    anyway: bool = False,
) -> Run:
    """Carries a recipe through its stages up to `until` (corpus, clean, split, teach, audit, train, evaluate, probe, report).

    Stages that are in the store are taken from there, and a run that was stopped goes on, also when its recipe was corrected;
    `again`: also where what the recipe changes was used already. `anyway`: arms are trained on however few pairs.
    Raises UserError for what the user can mend, such as a stage that is none.

    >>> import secondhalf
    >>> recipe = secondhalf.load("recipes/quickstart.yaml", corpus={"sample": 40})
    >>> finished = secondhalf.run(recipe, until="clean")
    >>> [str(label) for label in finished.stages()]
    ['corpus', 'clean', 'deduplicate']
    """
    from secondhalf.pipeline import run_pipeline

    if not isinstance(recipe, Recipe):
        raise UserError(f"run takes a Recipe, and not {str(recipe)[:60]!r}: secondhalf.load(PATH) reads one.")
    if until not in METHOD:
        raise UserError(f"until={until!r}: there is no such stage{hint(str(until), METHOD)}")
    with opened(recipe, Path(runs), store_folder(store), again=again) as open_run:
        open_run.anyway = anyway
        run_pipeline(open_run, until)
    return Run.at(open_run.folder, open_run.store)


def find_run(name: str | Path, *, runs: str | Path = "runs", store: str | Path = "store") -> Run:
    """A run that was made before, by its name or its folder's path. Raises UserError where there is none.

    >>> import secondhalf
    >>> recipe = secondhalf.load("recipes/quickstart.yaml", corpus={"sample": 40})
    >>> _ = secondhalf.run(recipe, until="corpus")
    >>> secondhalf.find_run("quickstart").folder.name
    'quickstart'
    """
    return find(str(name), Path(runs), open_store(store_folder(store)))
