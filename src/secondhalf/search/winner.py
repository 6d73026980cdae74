"""The winner as a recipe file: the recipe that was searched, its comments kept, with the setting that came out best.

It evaluates on the locked prompts under fresh training seeds, so `secondhalf run searches/NAME/winner.yaml` gives the page of the
run that confirmed it.
"""

import io
from pathlib import Path

from ruamel.yaml import YAML

from secondhalf.recipe import Recipe, load_recipe
from secondhalf.recipe.file import read_commented, read_overrides, set_value
from secondhalf.search.axes import Setting, named
from secondhalf.search.outcome import Outcome
from secondhalf.search.study import Search
from secondhalf.store.files import write_atomically
from secondhalf.text.shell import shell_word


def fresh_seeds(search: Search) -> list[int]:
    """Training seeds that no trial had, as many as the confirmation takes: those after the largest of the recipe's."""
    recipe = search.recipe(search.trial(0, {}))
    last = max(seed for arm in recipe.arms.values() for seed in arm.train.seeds)
    return list(range(last + 1, last + 1 + (search.settings.confirm_seeds or 1)))


def confirming(search: Search, setting: Setting, name: str) -> tuple[Recipe, list[str]]:
    """The recipe under a setting, on the locked prompts and under fresh seeds; and what is laid over its file for that."""
    settings, seeds = search.settings, fresh_seeds(search)
    sets = [
        *settings.overrides,
        *(f"{field}={value}" for field, value in setting.items()),
        "evaluate.part=locked",
        f"train.seeds={seeds}",
        f"name={name}",
    ]
    path = Path(settings.recipe)
    recipe = load_recipe(path, read_overrides(sets))
    # An arm that names seeds of its own keeps them from the recipe's top.
    sets += [
        f"arms.{arm}.train.seeds={seeds}" for arm, own in recipe.arms.items() if own.data and own.train.seeds != seeds
    ]
    return load_recipe(path, read_overrides(sets)), sets


def write_winner(search: Search, setting: Setting, outcome: Outcome) -> tuple[Path, Recipe]:
    """Writes searches/NAME/winner.yaml, which loads as the recipe that is returned beside its path."""
    recipe, sets = confirming(search, setting, f"{search.name}-winner")
    raw = read_commented(Path(search.settings.recipe))
    for field, value in read_overrides(sets):
        set_value(raw, field, value)
    text = io.StringIO()
    yaml = YAML()
    yaml.width = 1000
    yaml.dump(raw, text)
    path = search.folder / "winner.yaml"
    write_atomically(path, _head(search, setting, outcome) + text.getvalue())
    return path, recipe


def _head(search: Search, setting: Setting, outcome: Outcome) -> str:
    figure, limits = outcome.figures[0], ", ".join(map(str, outcome.limits))
    lines = [
        f"secondhalf run {shell_word(str(search.folder / 'winner.yaml'))}",
        "",
        f"The best of {outcome.tried} settings for {search.settings.arm} by {figure} on the prompts to choose on"
        + (f", of those that keep {limits}" if limits else "")
        + ":",
        *(f"  {field}={value}" for field, value in setting.items()),
        "It was found by:",
        f"  {search.command}",
        "Trials, the best first (trial 0 is the recipe as it stood):",
    ]
    for result in outcome.results:
        trial, why = result.trial, result.trial.reason or ", ".join(f"{limit} is not kept" for limit in result.over)
        shown = f"{figure} {trial.measures[figure].mean:.4f}" if trial.state == "evaluated" else trial.state
        lines.append(f"  {trial.number:3} {named(trial.setting) or '-'}: {shown}{f' ({why})' if why else ''}")
    # Settings and reasons come from a command line and from errors: no line of theirs may end the comment.
    return "".join(f"# {' '.join(line.splitlines())}".rstrip() + "\n" for line in lines) + "\n"
