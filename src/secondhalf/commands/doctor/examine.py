"""What is installed, which engines work, and what a recipe would need in memory, hours and money before it is run."""

import argparse
from dataclasses import asdict
from functools import partial
from pathlib import Path

from secondhalf.commands.arguments.language import language_of
from secondhalf.commands.doctor.benchmarks import benchmarks
from secondhalf.commands.doctor.cluster import ClusterRequest, cluster_text, forecast_cluster
from secondhalf.commands.doctor.engines import engines
from secondhalf.commands.doctor.functions import functions
from secondhalf.commands.doctor.models import models
from secondhalf.commands.doctor.needs import needs
from secondhalf.commands.doctor.teaching import SAMPLE, teaching
from secondhalf.commands.doctor.training import training_table, trainings
from secondhalf.commands.dry_run import as_text
from secondhalf.errors import UserError
from secondhalf.output import print_json, print_text
from secondhalf.recipe import Recipe, load_recipe
from secondhalf.recipe.file import read_overrides
from secondhalf.report.terminal import spoken
from secondhalf.text.table import format_table
from secondhalf.train.resources.device import find_device


def main(options: argparse.Namespace) -> int:
    """Prints what a recipe would need. Returns 0 when it can run here, else 2."""
    if not options.recipe:
        return _installed(options)
    recipe = load_recipe(Path(options.recipe), read_overrides(options.set))
    request = ClusterRequest(options.nodes, options.cores, options.pairs) if options.nodes else None
    return examine(
        recipe, options.store, gpu=options.gpu, as_json=options.json, offline=options.offline, cluster=request
    )


def _installed(options: argparse.Namespace) -> int:
    """Prints what is installed. Raises UserError for options that say something of a recipe."""
    if options.gpu or options.nodes or options.cores or options.pairs or options.set:
        raise UserError("--gpu, --nodes, --cores, --pairs and --set need a recipe: secondhalf doctor RECIPE.")
    findings = engines(Recipe())
    if options.json:
        print_json({"findings": [finding.as_dict() for finding in findings]})
        return 0
    say = partial(spoken, language=language_of(options))
    print_text(format_table([[say(f.what), say(f.message)] for f in findings], [say("what"), say("found")], left=2))
    print_text(f"\n{say('`secondhalf doctor RECIPE` says which of them a recipe needs, and what it would take.')}")
    return 0


def examine(
    recipe: Recipe,
    store: Path,
    *,
    gpu: str | None,
    as_json: bool,
    offline: bool = False,
    cluster: ClusterRequest | None = None,
) -> int:
    """Prints the findings; returns 0 when the recipe can run here, else 2. `gpu`: train on that one instead of this machine.

    `offline`: no server is asked. `cluster`: what it takes on so many nodes is told too.
    """
    findings = [*engines(recipe), *models(recipe, offline=offline), *benchmarks(recipe), *functions(recipe)]
    estimates, trouble, drawn = teaching(recipe, store) if all(f.ready for f in findings) else ([], [], None)
    trains_on = find_device(gpu)
    training = trainings(recipe, estimates, trains_on)
    findings += [*trouble, *needs(recipe, store, estimates, training, trains_on)]
    forecast = None
    if cluster:
        forecast, missing = forecast_cluster(recipe, store, cluster, estimates, training, drawn)
        findings += missing
    if as_json:
        summary: dict[str, object] = {
            "findings": [finding.as_dict() for finding in findings],
            "estimates": [asdict(row) for row in estimates],
            "trainings": [asdict(row) for row in training],
        }
        if forecast:
            summary["cluster"] = forecast.as_dict()
        print_json(summary)
    else:
        say = partial(spoken, language=recipe.report.language)
        rows = [[say(f.what), say(f.message), "ok" if f.ready else say("MISSING")] for f in findings]
        print_text(format_table(rows, [say("what"), say("found"), ""], left=2))
        if estimates:
            print_text(f"\n{say(f'Teaching, from {SAMPLE} documents:')}\n{as_text(estimates, say)}")
        if training:
            print_text(f"\n{say('Training:')}\n{training_table(training, trains_on, recipe.report.currency, say)}")
        if forecast:
            print_text(f"\n{cluster_text(forecast, recipe.report.currency, say)}")
    return 0 if all(finding.ready for finding in findings) else 2
