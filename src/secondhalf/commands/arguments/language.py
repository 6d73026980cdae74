"""The language in which a command speaks: that of its recipe's report, or of the recipe of the run that it names."""

import argparse
from pathlib import Path
from typing import Any, get_args

from secondhalf.report.words import Language


def language_of(options: argparse.Namespace) -> Language:
    """English where no recipe says otherwise, or none can be read: this is asked when something has gone wrong, too."""
    try:
        from secondhalf.recipe.file import read_overrides, read_yaml

        for field, value in reversed(read_overrides(getattr(options, "set", None) or [])):
            if field == "report.language":
                return _known(value)
        return _known((read_yaml(_recipe(options)).get("report") or {}).get("language"))
    except Exception:  # whatever is wrong with the recipe, the command itself says it
        return "en"


def _recipe(options: argparse.Namespace) -> Path:
    named: Any = getattr(options, "run", None)
    if isinstance(named, str) and named:
        return Path(options.runs) / named / "recipe.yaml"
    recipe: Any = getattr(options, "recipe", None)
    return Path(recipe)


def _known(value: object) -> Language:
    return next((language for language in get_args(Language) if language == value), "en")
