"""`secondhalf evaluate MODEL ...`: any models, not only a recipe's, as a run whose arms are all untouched.

The run is as any other: its answers are kept and reused, its report stands in runs/NAME/report.
"""

import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from secondhalf.errors import UserError
from secondhalf.recipe import Recipe
from secondhalf.recipe.file import explain, read_overrides, set_value
from secondhalf.rows import digest
from secondhalf.text.yaml_text import YamlMapping


def is_recipe(source: str) -> bool:
    """Recipes are YAML files; whatever else is named is a model."""
    return source.endswith((".yaml", ".yml"))


def recipe_of(models: list[str], benchmarks: list[str], overrides: list[str]) -> Recipe:
    """The recipe that asks these models the everyday prompts and `benchmarks` (NAME=PATH), each under its own template.

    The first model is what the others are compared with. Raises UserError for what is no benchmark or no field.
    """
    names = _names(models)
    plain: dict[str, Any] = {
        "name": f"evaluate-{'-'.join(names)[:40].strip('-.')}-{digest(*models, size=8)}",
        "students": dict(zip(names, models, strict=True)),
        "arms": {
            name: {
                "student": name,
                "train": {"template": _template(model)},
                "compare_to": names[:1] if name != names[0] else [],
            }
            for name, model in zip(names, models, strict=True)
        },
        "evaluate": {"benchmarks": [_benchmark(benchmark) for benchmark in benchmarks]},
    }
    for name, value in read_overrides(overrides):
        set_value(plain, name, value)
    try:
        return Recipe.model_validate(plain)
    except ValidationError as error:
        raise UserError(explain(error, Recipe, Path("evaluate"), YamlMapping())) from error


def _names(models: list[str]) -> list[str]:
    """A short name for each: the end of its reference, with a number where two are alike."""
    names: list[str] = []
    for model in models:
        stem = model.partition("#")[0].partition("@")[0].rstrip("/").rpartition("/")[2].removesuffix(".gguf")
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._")[:48] or "model"
        alike = sum(other == name or re.fullmatch(rf"{re.escape(name)}-\d+", other) is not None for other in names)
        names.append(f"{name}-{alike + 1}" if alike else name)
    return names


def _template(model: str) -> str:
    """The model's own chat template where it has one; plain words for a base model."""
    from secondhalf.models.reference import resolve
    from secondhalf.models.weights.convert import student_folder
    from secondhalf.models.weights.load import load_tokenizer

    resolved = resolve(model)
    return "tokenizer" if load_tokenizer(student_folder(resolved.path, resolved.identity)).chat_template else "plain"


def _benchmark(argument: str) -> dict[str, str]:
    name, equals, path = argument.partition("=")
    if not equals or not path:
        raise UserError(f"--benchmark {argument}: write NAME=PATH, such as --benchmark ifeval=input_data.jsonl.")
    return {"name": name, "path": path}
