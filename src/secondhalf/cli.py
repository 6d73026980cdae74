"""The commands. Nothing heavy is imported before a command is chosen, so `--help` answers at once."""

import argparse
import os
import sys
import traceback
from importlib import import_module
from typing import NoReturn

from secondhalf.commands.arguments.parser import UsageError, parse
from secondhalf.errors import UserError
from secondhalf.output import print_error, print_json
from secondhalf.process import run_process

# The module of each command: its `main` is given the options, and returns an exit code or None.
COMMANDS = {
    "run": "run",
    "sweep": "sweep",
    "search": "search",
    "show": "show",
    "compare": "compare",
    "gate": "gate",
    "chat": "chat",
    "export": "export",
    "document": "document",
    "data": "data",
    "score": "score",
    "store": "store",
    "journal": "journal",
    "init": "init.write",
    "doctor": "doctor.examine",
    "certify": "certify.write",
    "verify": "certify.verify",
    "keys": "certify.keys",
    "review": "review",
    "serve": "serve",
    "completion": "completion.write",
}


def start() -> NoReturn:
    """The whole of a process that runs one command: `secondhalf`, and `python -m secondhalf`."""
    run_process(main)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns 0, 2 for what the user can mend, 130 when interrupted; 1 for an export that answers otherwise, a
    store that is damaged, a gate that is not passed, a certificate that is not intact, or a fault of ours; 3 for a certificate
    whose signer is unknown."""
    # Text of corpora and models is printed: a terminal that is not UTF-8 must not stop a run.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        options = parse(arguments)
    except UsageError as error:
        from secondhalf.commands.arguments.language import named_in

        words = sys.argv[1:] if arguments is None else arguments
        as_json, named = "--json" in words, named_in(words)
        print_error(error.usage.rstrip() if as_json else _spoken(error.usage.rstrip(), named))
        return _failed(str(error), as_json=as_json, options=named)
    from secondhalf.progress import messages_on_stderr

    with messages_on_stderr(lambda message: _spoken(message, options)):
        try:
            return _run_command(options)
        except Exception:
            # Python itself would print it with whatever a file or a server put into its words.
            print_error(traceback.format_exc().rstrip())
            return 1


def _run_command(options: argparse.Namespace) -> int:
    try:
        if isinstance(options.store, str):
            from secondhalf.store.remote.home import store_folder

            options.store = store_folder(options.store)
        command = import_module(f"secondhalf.commands.{COMMANDS[options.command]}")
        return int(command.main(options) or 0)
    except UserError as error:
        return _failed(str(error), as_json=options.json, stage=error.stage, options=options)
    except MemoryError:
        sentence = "There is not enough memory: choose a smaller student, or lower train.tokens_per_batch."
        return _failed(sentence, as_json=options.json, options=options)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        from secondhalf.store.faults import unnamed_fault

        return _failed(str(unnamed_fault(error, options.store)), as_json=options.json, options=options)
    except KeyboardInterrupt:
        print_error(_spoken("Stopped. What was done is kept: the same command goes on from here.", options))
        return 130


def _spoken(message: str, options: argparse.Namespace) -> str:
    """A message in the language that the options mean."""
    from secondhalf.commands.arguments.language import language_of
    from secondhalf.report.terminal import spoken

    return spoken(message, language_of(options))


def _failed(sentence: str, *, as_json: bool, options: argparse.Namespace, stage: str = "") -> int:
    """Says the error on standard error, in the language that the options mean; to programs in English."""
    sentence = sentence.strip() or "It stopped and says not why, which is a fault of ours: please report the command."
    if as_json:
        print_json({"error": sentence})
    if not as_json:
        from secondhalf.commands.arguments.language import language_of
        from secondhalf.report.terminal import spoken_error

        sentence = spoken_error(sentence, stage, language_of(options))
    print_error(f"secondhalf: {sentence}")
    return 2


if __name__ == "__main__":
    start()
