"""The commands. Nothing heavy is imported before a command is chosen, so `--help` answers at once."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from secondhalf.commands.arguments import parser
from secondhalf.errors import UserError

if TYPE_CHECKING:
    from secondhalf.recipe import Recipe
    from secondhalf.runs import OpenRun


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns 0, 1 for an export that answers otherwise, 2 for what the user can mend, 130 when interrupted."""
    options = parser(COMMANDS).parse_args(arguments)
    # Text of corpora and models is printed: a terminal that is not UTF-8 must not stop a run.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return int(options.command(options) or 0)
    except UserError as error:
        return _failed(str(error), options)
    except MemoryError:
        return _failed(
            "There is not enough memory: choose a smaller student, or lower train.tokens_per_batch.", options
        )
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return _failed(
            f"{error.filename or 'A file'}: {error.strerror or error}. What was done is kept; mend it and start again.",
            options,
        )
    except KeyboardInterrupt:
        print("Stopped. What was done is kept: the same command goes on from here.", file=sys.stderr)
        return 130


def _failed(sentence: str, options: argparse.Namespace) -> int:
    if getattr(options, "json", False):
        print(json.dumps({"error": sentence}, ensure_ascii=False))
    print(f"secondhalf: {sentence}", file=sys.stderr)
    return 2


def _run(options: argparse.Namespace) -> None:
    if getattr(options, "explain", None):
        _explain(options)
        return
    from secondhalf.commands.show import figures, funnel
    from secondhalf.pipeline import carry
    from secondhalf.runs import opened

    recipe = _recipe(options)
    with opened(recipe, options.runs, options.store) as run:
        if getattr(options, "dry_run", False):
            return _dry_run(run, as_json=options.json)
        page = carry(run, "report" if options.until == "run" else options.until)
        if page is None:
            print(funnel(run, as_json=options.json))
        else:
            print(figures(page.parent / "facts.json", as_json=options.json))
            if not options.json:
                print(f"\nThe report: {page}")


def _recipe(options: argparse.Namespace) -> "Recipe":
    """The recipe that is named; for `evaluate` also one made of the models that are named instead."""
    from secondhalf.commands.evaluate_models import is_recipe, recipe_of
    from secondhalf.recipe import load

    if options.until != "evaluate" or (is_recipe(options.recipe) and not (options.others or options.benchmark)):
        return load(Path(options.recipe), options.set)
    if is_recipe(options.recipe):
        raise UserError("evaluate takes one recipe, or models; a recipe names its benchmarks in evaluate.benchmarks.")
    options.until = "report"
    return recipe_of([options.recipe, *options.others], options.benchmark, options.set)


def _explain(options: argparse.Namespace) -> None:
    from secondhalf.clean.explain import as_dict, explain
    from secondhalf.recipe import load
    from secondhalf.runs import opened
    from secondhalf.steps.data import examined

    with opened(load(Path(options.recipe), options.set), options.runs, options.store) as run:
        document, steps = examined(run, options.explain)
    if options.json:
        print(json.dumps(as_dict(document, steps), ensure_ascii=False))
    else:
        print(explain(document, steps, colour=sys.stdout.isatty()))


def _dry_run(run: "OpenRun", *, as_json: bool) -> None:
    from dataclasses import asdict

    from secondhalf.commands.dry_run import as_text, dry_run
    from secondhalf.pipeline import carry

    carry(run, "split")
    found = dry_run(run)
    print(json.dumps({"estimates": [asdict(row) for row in found]}, ensure_ascii=False) if as_json else as_text(found))


def _sweep(options: argparse.Namespace) -> None:
    from secondhalf.commands.sweep import as_json, as_text, carried

    swept = carried(Path(options.recipe), options.over, options.set, options.arm, options.runs, options.store)
    print(as_json(*swept) if options.json else as_text(*swept))


def _show(options: argparse.Namespace) -> None:
    from secondhalf.commands.show import figures, funnel, rejects
    from secondhalf.runs import find
    from secondhalf.store import Store

    run = find(options.run, options.runs, Store(options.store))
    facts = run.folder / "report" / "facts.json"
    if options.stage:
        print(rejects(run, options.stage, as_json=options.json))
    elif facts.is_file():
        print(figures(facts, as_json=options.json))
    else:
        print(funnel(run, as_json=options.json))


def _chat(options: argparse.Namespace) -> None:
    from secondhalf.commands.chat import chat
    from secondhalf.runs import find
    from secondhalf.store import Store

    run = find(options.run, options.runs, Store(options.store))
    chat(run, options.arm, options.seed, options.max_tokens, options.temperature)


def _compare(options: argparse.Namespace) -> None:
    from secondhalf.commands.compare import as_json, as_text, compare
    from secondhalf.runs import find
    from secondhalf.store import Store

    store = Store(options.store)
    rows = compare(options.runs_named, options.runs, store, options.arm, options.figure)
    figure = options.figure or find(options.runs_named[0], options.runs, store).recipe.evaluate.primary
    print(as_json(rows) if options.json else as_text(rows, figure))


def _export(options: argparse.Namespace) -> int:
    from secondhalf.export.command import export, told
    from secondhalf.runs import find
    from secondhalf.store import Store

    run, out = find(options.run, options.runs, Store(options.store)), options.out
    checks = export(run, options.arm, options.seed, form=options.form, kind=options.kind, out=out)
    found = {"out": str(out), "parity": [check.as_dict() for check in checks]}
    print(json.dumps(found, ensure_ascii=False) if options.json else told(checks, out, options.form))
    return 0 if all(check.passed for check in checks) else 1


def _score(options: argparse.Namespace) -> None:
    from secondhalf.commands.score import score, told

    print(told(score(options.prompts, options.responses), as_json=options.json))


def _store(options: argparse.Namespace) -> None:
    from secondhalf.commands.store import stages
    from secondhalf.store import Store

    print(stages(Store(options.store), options.runs, prune=options.prune, as_json=options.json))


def _journal(options: argparse.Namespace) -> None:
    from secondhalf.commands.journal import journal
    from secondhalf.store import Store

    said = journal(
        Store(options.store),
        export=options.export,
        prune=options.prune,
        model=options.model,
        older=options.older_than,
        sure=options.yes,
        as_json=options.json,
    )
    print(said)


def _init(options: argparse.Namespace) -> None:
    from secondhalf.commands.init import starter

    path: Path = options.recipe
    if path.exists():
        raise UserError(f"{path} exists: name another file, such as `secondhalf init my.yaml`.")
    path.write_text(starter(path), "utf-8")
    print(json.dumps({"recipe": str(path)}) if options.json else f"Wrote {path}. Next: secondhalf doctor {path}")


def _doctor(options: argparse.Namespace) -> int:
    from secondhalf.commands.doctor import examine
    from secondhalf.recipe import load

    return examine(load(Path(options.recipe), options.set), options.store, gpu=options.gpu, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())


COMMANDS = {
    "run": _run,
    "sweep": _sweep,
    "show": _show,
    "compare": _compare,
    "chat": _chat,
    "export": _export,
    "score": _score,
    "store": _store,
    "journal": _journal,
    "init": _init,
    "doctor": _doctor,
}
