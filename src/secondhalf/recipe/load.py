"""A recipe's file with what is set on the command line, as a recipe whose every default is there."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from secondhalf.errors import UserError
from secondhalf.recipe.file import explain, read_yaml, set_value
from secondhalf.recipe.recipe import Recipe
from secondhalf.recipe.starts import with_starts
from secondhalf.train.settings import TrainSettings


def load_recipe(path: Path, overrides: Iterable[tuple[str, object]] = ()) -> Recipe:
    """The resolved recipe of a file. `overrides`: values by stage.field. Raises UserError naming line and nearest key."""
    raw = read_yaml(path)
    plain: dict[str, Any] = _plain(raw)
    for name, value in overrides:
        set_value(plain, name, value)
    try:
        return Recipe.model_validate(with_starts(plain))
    except ValidationError as error:
        raise UserError(explain(error, Recipe, path, raw)) from error
    except UnicodeEncodeError as error:  # an override from Python; files hold none
        raise UserError(f"{path}: a key or a text holds half a character, which no file can: take it out.") from error


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def with_fixed_templates(recipe: Recipe, before: Recipe) -> Recipe:
    """The recipe with the texts of dated templates (tokenizers' own) that `before`, the same run's resolved one, has."""

    def fixed(train: TrainSettings, then: TrainSettings) -> TrainSettings:
        same = train.template.name == then.template.name == "tokenizer"
        return train if train.template.text or not same else train.model_copy(update={"template": then.template})

    arms = {
        name: arm.model_copy(update={"train": fixed(arm.train, before.arms[name].train)})
        if name in before.arms
        else arm
        for name, arm in recipe.arms.items()
    }
    return recipe.model_copy(update={"train": fixed(recipe.train, before.train), "arms": arms})
