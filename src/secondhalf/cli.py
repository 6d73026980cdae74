"""The commands. Nothing heavy is imported before a command is chosen, so `--help` answers at once."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from secondhalf import __version__
from secondhalf.errors import UserError

if TYPE_CHECKING:
    from secondhalf.run import Run

STAGES = {
    "corpus": "draw the sample of documents",
    "clean": "filter the documents",
    "split": "cut each document in two",
    "teach": "have the teacher write second halves",
    "audit": "check the pairs",
    "train": "train every arm",
    "evaluate": "ask every arm",
    "report": "write the report",
}


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns 0, 1 for an export that answers otherwise, 2 for what the user can mend, 130 when interrupted."""
    options = _parser().parse_args(arguments)
    # Idle threads sleep instead of spinning: beside another busy process, spinning made training fifty times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="secondhalf", description="Plain text in, an instruction-following model and its evidence out."
    )
    parser.add_argument("--version", action="version", version=f"secondhalf {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(
        name: str, told: str, command: Callable[[argparse.Namespace], int | None], *places: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=told, description=told[0].upper() + told[1:] + ".")
        sub.set_defaults(command=command, until=name)
        for place in places:
            sub.add_argument(place)
        sub.add_argument("--store", type=Path, default=Path("store"), help="the folder of stages (default: store)")
        sub.add_argument("--runs", type=Path, default=Path("runs"), help="the folder of runs (default: runs)")
        sub.add_argument("--json", action="store_true", help="print one JSON object instead of text")
        return sub

    def add_set(sub: argparse.ArgumentParser) -> None:
        sub.add_argument(
            "--set", action="append", default=[], metavar="STAGE.FIELD=VALUE", help="override a field of the recipe"
        )

    add_set(add("run", "carry a recipe through every stage to its report", _run, "recipe"))
    for name, told in STAGES.items():
        stage = add(name, f"{told} (and what comes before, where it is not done)", _run, "recipe")
        add_set(stage)
        if name == "clean":
            stage.add_argument("--explain", metavar="ID", help="show one document's verdicts, with their places marked")
        if name == "teach":
            stage.add_argument(
                "--dry-run", action="store_true", help="estimate tokens, money and hours; no model is asked"
            )
    show = add("show", "the funnel and the figures of a run", _show, "run")
    show.add_argument("stage", nargs="?", choices=list(STAGES)[:5], help="one stage's rejects, with examples")
    chat = add("chat", "talk to an arm of a run", _chat, "run")
    chat.add_argument("--arm", required=True)
    chat.add_argument("--seed", type=int, help="which training seed (default: the first)")
    chat.add_argument("--max-tokens", type=int, default=200)
    chat.add_argument("--temperature", type=float, default=0.7)
    export = add(
        "export", "write an arm as files that other programs load, and check that they answer alike", _export, "run"
    )
    export.add_argument("--arm", required=True)
    export.add_argument("--seed", type=int, help="which training seed (default: the first)")
    export.add_argument("--as", dest="form", choices=("adapter", "merged", "gguf", "ollama", "all"), default="all")
    export.add_argument("--type", dest="kind", choices=("bf16", "f16", "q8_0"), default="f16", help="the GGUF's type")
    export.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a folder that does not exist yet")
    score = add("score", "score a file of responses to IFEval's, M-IFEval Japanese's or IFBench's prompts", _score)
    score.add_argument("prompts", type=Path, help="the benchmark's JSONL file")
    score.add_argument("responses", type=Path, help="JSONL with response, and key or prompt")
    store = add("store", "list the stages in the store", _store)
    store.add_argument(
        "--prune", action="store_true", help="remove the stages that no run points to; the journal stays"
    )
    journal = add("journal", "list, export or prune the replies that were paid for", _journal)
    journal.add_argument(
        "--export", type=Path, metavar="FILE.jsonl", help="write the replies, as replay:FILE reads them"
    )
    journal.add_argument("--prune", action="store_true", help="remove replies for good; say which, then add --yes")
    journal.add_argument("--model", default="", metavar="IDENTITY", help="only this model's (the identity's beginning)")
    journal.add_argument("--older-than", default="", metavar="AGE", help="only those older than 12h, 90d or 8w")
    journal.add_argument("--yes", action="store_true", help="really remove")
    init = add("init", "write a commented recipe", _init)
    init.add_argument("recipe", nargs="?", type=Path, default=Path("recipe.yaml"))
    add_set(add("doctor", "what is installed, and what a recipe would need", _doctor, "recipe"))
    return parser


def _run(options: argparse.Namespace) -> None:
    if getattr(options, "explain", None):
        _explain(options)
        return
    from secondhalf.pipeline import carry
    from secondhalf.recipe import load
    from secondhalf.run import opened
    from secondhalf.show import figures, funnel

    recipe = load(Path(options.recipe), options.set)
    with opened(recipe, options.runs, options.store) as run:
        if getattr(options, "dry_run", False):
            return _dry_run(run, as_json=options.json)
        page = carry(run, "report" if options.until == "run" else options.until)
        if page is None:
            print(funnel(run.folder, run.store, as_json=options.json))
        else:
            print(figures(page.parent / "facts.json", as_json=options.json))
            if not options.json:
                print(f"\nThe report: {page}")


def _explain(options: argparse.Namespace) -> None:
    from secondhalf.clean.explain import as_dict, explain
    from secondhalf.pipeline import examined
    from secondhalf.recipe import load
    from secondhalf.run import opened

    with opened(load(Path(options.recipe), options.set), options.runs, options.store) as run:
        document, steps = examined(run, options.explain)
    if options.json:
        print(json.dumps(as_dict(document, steps), ensure_ascii=False))
    else:
        print(explain(document, steps, colour=sys.stdout.isatty()))


def _dry_run(run: "Run", *, as_json: bool) -> None:
    from dataclasses import asdict

    from secondhalf.estimate import as_text, dry_run
    from secondhalf.pipeline import carry

    carry(run, "split")
    found = dry_run(run)
    print(json.dumps({"estimates": [asdict(row) for row in found]}, ensure_ascii=False) if as_json else as_text(found))


def _show(options: argparse.Namespace) -> None:
    from secondhalf.run import find
    from secondhalf.show import figures, funnel, rejects
    from secondhalf.store import Store

    folder, store = find(options.run, options.runs), Store(options.store)
    facts = folder / "report" / "facts.json"
    if options.stage:
        print(rejects(folder, store, options.stage, as_json=options.json))
    elif facts.is_file():
        print(figures(facts, as_json=options.json))
    else:
        print(funnel(folder, store, as_json=options.json))


def _chat(options: argparse.Namespace) -> None:
    from secondhalf.chat import chat
    from secondhalf.run import find
    from secondhalf.store import Store

    folder = find(options.run, options.runs)
    chat(folder, Store(options.store), options.arm, options.seed, options.max_tokens, options.temperature)


def _export(options: argparse.Namespace) -> int:
    from secondhalf.export.command import export, told
    from secondhalf.run import find
    from secondhalf.store import Store

    folder, out = find(options.run, options.runs), options.out
    checks = export(
        folder, Store(options.store), options.arm, options.seed, form=options.form, kind=options.kind, out=out
    )
    found = {"out": str(out), "parity": [check.as_dict() for check in checks]}
    print(json.dumps(found, ensure_ascii=False) if options.json else told(checks, out, options.form))
    return 0 if all(check.passed for check in checks) else 1


def _score(options: argparse.Namespace) -> None:
    from secondhalf.evaluate.ifeval.responses import score, told

    print(told(score(options.prompts, options.responses), as_json=options.json))


def _store(options: argparse.Namespace) -> None:
    from secondhalf.show import stages
    from secondhalf.store import Store

    print(stages(Store(options.store), options.runs, prune=options.prune, as_json=options.json))


def _journal(options: argparse.Namespace) -> None:
    from secondhalf.journal_command import journal
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
    from secondhalf.starter import starter

    path: Path = options.recipe
    if path.exists():
        raise UserError(f"{path} exists: name another file, such as `secondhalf init my.yaml`.")
    path.write_text(starter(path), "utf-8")
    print(json.dumps({"recipe": str(path)}) if options.json else f"Wrote {path}. Next: secondhalf doctor {path}")


def _doctor(options: argparse.Namespace) -> int:
    from secondhalf.doctor import examine
    from secondhalf.recipe import load

    return examine(load(Path(options.recipe), options.set), options.store, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
