"""`secondhalf run RECIPE`, and each stage's own command, which is the run up to that stage."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

from secondhalf.api import run
from secondhalf.clean.explanation import Wording, explain_document, explanation_as_dict
from secondhalf.commands.dry_run import as_text, dry_run
from secondhalf.commands.evaluate_models import is_recipe, recipe_of
from secondhalf.commands.show import show
from secondhalf.errors import UserError
from secondhalf.output import print_json, print_result, print_text
from secondhalf.pipeline import run_pilots
from secondhalf.recipe import Recipe, load_recipe
from secondhalf.recipe.file import read_overrides
from secondhalf.report.terminal import spoken, spoken_reason
from secondhalf.report.words import Language, named, page_words
from secondhalf.runs import opened
from secondhalf.runs.pilots import pilot_rankings
from secondhalf.steps.data import examined
from secondhalf.teach.ranking import ranking_as_text

_MOST_EXPLAINED = 20  # documents of one file


def main(options: argparse.Namespace) -> None:
    """Carries a recipe as far as it is asked, and prints what came of it."""
    if getattr(options, "explain", None):
        _explain(options)
    elif getattr(options, "dry_run", False):
        _dry_run(options)
    elif getattr(options, "pilot", False):
        _pilot(options)
    else:
        recipe, until = _recipe(options)
        finished = run(
            recipe, until=until, runs=options.runs, store=options.store, again=options.again, anyway=options.anyway
        )
        text = show(finished, as_json=options.json, whole=until == "report")
        print_result(text, as_json=options.json)


def _recipe(options: argparse.Namespace) -> tuple[Recipe, str]:
    """The recipe that is named, and how far it goes; for `evaluate` also one made of the models that are named instead."""
    until = "report" if options.until == "run" else options.until
    if until != "evaluate" or (is_recipe(options.recipe) and not (options.others or options.benchmark)):
        return load_recipe(Path(options.recipe), _overrides(options)), until
    if is_recipe(options.recipe):
        raise UserError("evaluate takes one recipe, or models; a recipe names its benchmarks in evaluate.benchmarks.")
    return recipe_of([options.recipe, *options.others], options.benchmark, options.set), "report"


def _overrides(options: argparse.Namespace) -> Iterator[tuple[str, object]]:
    """What the command line lays over the recipe: --set, and the options that stand for a field."""
    yield from read_overrides(options.set)
    for field, value in (("engine", options.engine), ("cluster.address", options.address)):
        if value is not None:
            yield field, value


def _explain(options: argparse.Namespace) -> None:
    recipe = load_recipe(Path(options.recipe), _overrides(options))
    with opened(recipe, options.runs, options.store, again=options.again) as run:
        explained = examined(run, options.explain)
    if options.json:
        rows = [explanation_as_dict(document, steps) for document, steps in explained]
        print_json(rows[0] if len(rows) == 1 else {"documents": rows})
        return
    colour, wording = sys.stdout.isatty(), _wording(recipe.report.language)
    texts = [
        explain_document(document, steps, colour=colour, wording=wording)
        for document, steps in explained[:_MOST_EXPLAINED]
    ]
    if len(explained) > _MOST_EXPLAINED:
        more = f"... and {len(explained) - _MOST_EXPLAINED} more of this file: name one, such as {explained[-1][0].url}"
        texts.append(wording.sentence(more))
    print_text(f"\n\n{'=' * 80}\n\n".join(texts), styled=True)


def _wording(language: Language) -> Wording:
    if language == "en":
        return Wording()
    words = page_words(language)
    return Wording(
        partial(spoken, language=language),
        lambda check: named(words, "check", check),
        lambda recorded: spoken_reason(recorded, language),
    )


def _pilot(options: argparse.Namespace) -> None:
    recipe = load_recipe(Path(options.recipe), _overrides(options))
    with opened(recipe, options.runs, options.store, again=options.again) as run:
        rankings = pilot_rankings(recipe, run_pilots(run))
    if options.json:
        print_json({"pilots": [[asdict(row) for row in rows] for rows in rankings]})
    else:
        say = partial(spoken, language=recipe.report.language)
        tables = [ranking_as_text(rows, say) for rows in rankings]
        print_text("\n\n".join(tables) or say("No data set asks a model."))


def _dry_run(options: argparse.Namespace) -> None:
    recipe = load_recipe(Path(options.recipe), _overrides(options))
    estimates = dry_run(run(recipe, until="split", runs=options.runs, store=options.store, again=options.again))
    if options.json:
        print_json({"estimates": [asdict(estimate) for estimate in estimates]})
    else:
        print_text(as_text(estimates, partial(spoken, language=recipe.report.language)))
