"""Students' own chat templates that say today's date: fixed once in a store, and written into the run's resolved recipe."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from secondhalf.models.chat.dates import fix_date
from secondhalf.models.chat.rendering import own_template
from secondhalf.models.reference import resolve
from secondhalf.models.weights.convert import student_folder
from secondhalf.models.weights.load import load_tokenizer
from secondhalf.recipe import Recipe
from secondhalf.recipe.recipe import source_of
from secondhalf.rows import digest
from secondhalf.runs import OpenRun
from secondhalf.store import Store
from secondhalf.store.lock import locked
from secondhalf.store.recorded import read_recorded, write_recorded

_MOST_BYTES = 10_000_000  # of a file that may hold a template


def fix_templates(run: OpenRun) -> None:
    """Gives every arm whose template is `tokenizer`, and the recipe's own where there is one student, the text with its date.

    A store keeps the date of each template that it met: runs that share stages say the same day. Raises UserError for a
    student that cannot be had, and for a template that cannot be read.
    """
    recipe, texts = run.recipe, dict[str, str]()
    for arm in recipe.arms.values():
        if arm.train.template.name == "tokenizer" and not arm.train.template.text and arm.student not in texts:
            texts[arm.student] = _fixed_text(run.store, recipe, arm.student)
    if any(texts.values()):
        run.replace_recipe(_with_texts(recipe, texts))


def _fixed_text(store: Store, recipe: Recipe, student: str) -> str:
    """The template of a student's tokenizer with its date fixed; "" for one that says none."""
    source = source_of(recipe, student)
    while source is not None:  # an arm has its student's tokenizer
        student = recipe.arms[source[0]].student
        source = source_of(recipe, student)
    model = resolve(recipe.students[student])
    folder = student_folder(model.path, model.identity)
    if not any(map(_may_be_dated, [*folder.glob("*.jinja"), folder / "tokenizer_config.json"])):
        return ""
    template = own_template(load_tokenizer(folder))
    fixed = fix_date(template, _moment(store, template))
    return "" if fixed == template else fixed


def _may_be_dated(path: Path) -> bool:
    if not path.is_file() or path.stat().st_size > _MOST_BYTES:
        return False
    return b"strftime_now" in path.read_bytes()


def _moment(store: Store, template: str) -> datetime:
    """When this store met the template first."""
    path, key = store.root / "template_dates.json", digest(template)
    with locked(store.root / ".template_dates.lock", "", wait=True):
        dates = _read_dates(path)
        if key not in dates:
            dates[key] = datetime.now().replace(microsecond=0).isoformat()
            write_recorded(path, json.dumps(dates, indent=1) + "\n")
        return datetime.fromisoformat(dates[key])


def _read_dates(path: Path) -> dict[str, str]:
    """The dates of a store by template, those that are none left out: a damaged file is made anew."""
    try:
        mend = "remove it, and templates that say a date are fixed at today's."
        dates = json.loads(read_recorded(path, mend)) if path.is_file() else {}
    except ValueError:
        return {}
    return {key: date for key, date in dates.items() if _is_date(date)} if isinstance(dates, dict) else {}


def _is_date(text: object) -> bool:
    try:
        return bool(datetime.fromisoformat(str(text)))
    except ValueError:
        return False


def _with_texts(recipe: Recipe, texts: dict[str, str]) -> Recipe:
    def train_with(train: Any, text: str) -> Any:
        if train.template.name != "tokenizer" or train.template.text or not text:
            return train
        return train.model_copy(update={"template": train.template.model_copy(update={"text": text})})

    arms = {
        name: arm.model_copy(update={"train": train_with(arm.train, texts.get(arm.student, ""))})
        for name, arm in recipe.arms.items()
    }
    distinct = set(texts.values())
    top = train_with(recipe.train, distinct.pop() if len(distinct) == 1 else "")
    return recipe.model_copy(update={"arms": arms, "train": top})
