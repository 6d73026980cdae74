"""Writes a recipe: short, of a folder the one that fits its documents, or with every field and its documentation."""

import argparse
import os
import re
from dataclasses import asdict
from functools import partial
from pathlib import Path

from secondhalf.commands.init.fitting import fitting_recipe
from secondhalf.commands.init.full import with_every_field
from secondhalf.commands.init.shipped import copy_shipped
from secondhalf.commands.init.short import starting_recipe, write_short
from secondhalf.commands.init.survey import survey_documents
from secondhalf.errors import UserError
from secondhalf.output import print_json, print_text, printable
from secondhalf.recipe import load_recipe
from secondhalf.recipe.names import is_run_name
from secondhalf.report.terminal import spoken
from secondhalf.store.faults import place_fault
from secondhalf.text.normal_form import normal_form
from secondhalf.text.shell import shell_word

_NO_NAME = re.compile(r"[^\w.-]+")


def main(options: argparse.Namespace) -> None:
    """Writes the recipe, and says what it was made of. Raises UserError for a file that exists, and for a folder without
    documents."""
    if options.shipped:
        _copy(options)
        return
    path: Path = options.recipe or Path("recipe.yaml")
    if os.path.lexists(path):  # a link that leads nowhere too
        raise UserError(f"{path} exists: name another file, such as `secondhalf init my.yaml`.")
    if options.server and not options.teacher:
        raise UserError(
            "--server says where the teacher is, and --teacher what it is called there: add --teacher NAME."
        )
    name = _NO_NAME.sub("-", normal_form("NFC", path.stem)).strip("-._")[:50]
    recipe = starting_recipe(name if is_run_name(name) else "my-run", options.teacher, options.student, options.server)
    survey = survey_documents(str(options.from_)) if options.from_ else None
    if survey:
        recipe = fitting_recipe(recipe, survey)
    language = recipe.fields.get("report", {}).get("language", "en")
    text = write_short(recipe, path, partial(spoken, language=language), "。" if language == "ja" else "; ")
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise place_fault(path, error, "name another file") from error
    try:
        resolved = load_recipe(path)
    except UserError as error:
        path.unlink()  # a name of a model that no recipe can hold
        sentence = str(error)
        if sentence.startswith(f"{path}:"):  # a line of a file that is gone
            sentence = sentence.partition(": ")[2]
        raise UserError(sentence) from error
    if options.full:
        path.write_text(with_every_field(resolved, path), "utf-8")
    if options.json:
        summary = {"recipe": str(path), "notes": recipe.notes, "reasons": recipe.reasons}
        print_json(summary | ({"survey": asdict(survey)} if survey else {}))
        return
    for line in recipe.notes if survey else ():
        print_text(spoken(line, language))
    print_text(
        spoken(f"Wrote {printable(str(path))}. Next: secondhalf doctor {printable(shell_word(str(path)))}", language)
    )


def _copy(options: argparse.Namespace) -> None:
    """One of our own recipes, as it stands: nothing that is said of other recipes goes with it."""
    others = {"--from": options.from_, "--teacher": options.teacher, "--server": options.server, "--student": options.student,
              "--full": options.full}  # fmt: skip
    given = [flag for flag, value in others.items() if value]
    if given:
        raise UserError(
            f"{given[0]} goes not with --recipe, which is copied as it stands: change it by `run --set` or in the file."
        )
    paths = copy_shipped(options.shipped, options.recipe)
    if options.json:
        print_json({"recipe": str(paths[0]), "beside": [str(path) for path in paths[1:]]})
        return
    written, recipe = ", ".join(printable(str(path)) for path in paths), printable(shell_word(str(paths[0])))
    print_text(f"Wrote {written}. Next: secondhalf doctor {recipe}")
