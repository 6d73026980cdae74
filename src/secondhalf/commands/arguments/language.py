"""The language in which a command speaks: that of its recipe's report, or of the recipe of the run that it names; where there is
none, that of the machine's locale."""

import argparse
import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from secondhalf.report.words import Language


def language_of(options: argparse.Namespace) -> Language:
    """English where a recipe says nothing else; the locale's where none is named, or none can be read: this is asked when
    something has gone wrong, too."""
    try:
        from secondhalf.recipe.file import read_overrides, read_yaml

        for field, value in reversed(read_overrides(getattr(options, "set", None) or [])):
            if field == "report.language":
                return _known(value)
        recipe = _recipe(options)
        if not recipe.is_file():  # what comes through a pipe is the command's to read, and may never come
            return _of_locale()
        return _known((read_yaml(recipe).get("report") or {}).get("language"))
    except Exception:  # whatever is wrong with the recipe, the command itself says it
        return _of_locale()


def named_in(words: Sequence[str]) -> argparse.Namespace:
    """Of words that are no command line: the first recipe or run among them, and what is set, so that it is known in which
    language to say what is wrong with them."""
    changed = [word for before, word in pairwise(words) if before == "--set"]
    for word in words:
        try:
            if word.endswith((".yaml", ".yml")) and Path(word).is_file():
                return argparse.Namespace(recipe=word, set=changed)
            if not word.startswith("-") and (Path("runs") / word / "recipe.yaml").is_file():
                return argparse.Namespace(run=word, runs="runs", set=changed)
        except (OSError, ValueError):  # no path at all, or one that may not be looked at
            continue
    return argparse.Namespace(set=changed)


def _recipe(options: argparse.Namespace) -> Path:
    named: Any = getattr(options, "run", None)
    if isinstance(named, str) and named:
        return Path(options.runs) / named / "recipe.yaml"
    recipe: Any = getattr(options, "recipe", None)
    return Path(recipe)


def _known(value: object) -> Language:
    return next((language for language in get_args(Language) if language == value), "en")


def _of_locale() -> Language:
    """The first of these that is set decides, as POSIX has it: ja_JP.UTF-8."""
    name = next((value for one in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(one))), "")
    return _known(name.partition("_")[0].partition(".")[0])
