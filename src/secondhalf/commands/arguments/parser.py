"""What the command line understands: the commands, their arguments and their help."""

import argparse
import re
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

from secondhalf import __version__
from secondhalf.commands.arguments.evidence import add_certifying, add_gate, add_keeping
from secondhalf.commands.arguments.examples import epilog
from secondhalf.commands.arguments.numbers import decimal_from_zero, whole_number
from secondhalf.commands.arguments.operation import add_review, add_serve
from secondhalf.commands.arguments.places import local_path, path_or_hub, path_or_url
from secondhalf.commands.arguments.recipes import STAGES, add_recipes
from secondhalf.errors import UserError
from secondhalf.text.nearest import hint

Add = Callable[..., argparse.ArgumentParser]
_QUOTE, _NAMES = "'", re.compile(r"[\w.-]+")


class UsageError(UserError):
    """A command line that is none; `usage` is how the command is written."""

    def __init__(self, sentence: str, usage: str) -> None:
        super().__init__(sentence)
        self.usage = usage


class _Parser(argparse.ArgumentParser):
    """Raises UsageError with what is wrong with a command line and the nearest right word."""

    def error(self, message: str) -> NoReturn:
        before, invalid, choice = message.partition("invalid choice: ")
        name, _, choices = choice.partition(" (choose from ")
        if invalid:  # with quotes around the names or without, as Python's versions have it
            message = f"{before}there is no {name}{hint(name.strip(_QUOTE), _NAMES.findall(choices))}"
        end = "" if message.endswith(("?", ".")) else "."
        raise UsageError(f"{message}{end} `{self.prog} --help` tells more.", self.format_usage())


class _Help(argparse.HelpFormatter):
    """The examples at a help's end stay lines of their own."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith("example") else super()._fill_text(text, width, indent)


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options of a command line, by default this process's. Raises UsageError for what is no command line of ours."""
    options, unknown = parser().parse_known_args(arguments)
    sub: argparse.ArgumentParser = options.parser
    _refuse_unusable(sys.argv[1:] if arguments is None else arguments, sub)
    if not unknown:
        return options
    flag = next((word for word in unknown if word.startswith("-")), "")
    known = [name for action in sub._actions for name in action.option_strings if name.startswith("--")]
    if flag:
        sub.error(f"there is no option {flag.partition('=')[0]}{hint(flag.partition('=')[0], known)}")
    sub.error(f"{' '.join(unknown)}: too many words")


def _refuse_unusable(words: list[str], sub: argparse.ArgumentParser) -> None:
    """Refuses a word without a letter, mostly a shell's variable that is not set: an option with it would be as if it were not
    given (`--push ""` would send nothing and succeed), a path the folder that one is in. And NUL, which no name can hold."""
    for before, word in pairwise(["", *words]):
        option, given, value = word.partition("=") if word.startswith("--") else ("", "", word)
        option = option or (before if before.startswith("--") and "=" not in before else "")
        if not value.strip() and (given or not word.startswith("--")):
            if option:
                sub.error(
                    f"argument {option}: its value is empty (a variable that is not set?): fill it in, or leave it out."
                )
            sub.error("a word is empty (a variable that is not set?): fill it in, or leave it out.")
        if "\0" in word:
            whose = f"argument {option}: its value" if option else "a word"
            sub.error(f"{whose} has a NUL character in it: take it out.")


def parser() -> argparse.ArgumentParser:
    """The parser: options.command is a command's name. A stage's own command is `run` up to that stage."""
    top = _Parser(prog="secondhalf", description="Plain text in, an instruction-following model and its evidence out.")
    top.add_argument("--version", action="version", version=f"secondhalf {__version__}")
    below = top.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, summary: str, *arguments: str) -> argparse.ArgumentParser:
        sub = below.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            epilog=epilog(name),
            formatter_class=_Help,
        )
        sub.set_defaults(command="run" if name in STAGES else name, until=name, parser=sub)
        for argument in arguments:
            sub.add_argument(argument)
        place = "the folder of stages, or its URL, such as s3://BUCKET/FOLDER (default: store)"
        sub.add_argument("--store", type=path_or_url, default=Path("store"), help=place)
        sub.add_argument("--runs", type=local_path, default=Path("runs"), help="the folder of runs (default: runs)")
        sub.add_argument("--json", action="store_true", help="print one JSON object instead of text")
        return sub

    add_recipes(add)
    _models(add)
    add_gate(
        add("gate", "hold a run's figures to a policy; exit code 0: passed, 1: not passed, 2: a faulty policy or run")
    )
    add_keeping(add)
    add_certifying(add)
    completion = add("completion", "print what a shell needs to complete these commands")
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))
    return top


def _models(add: Add) -> None:
    show = add("show", "the funnel and the figures of a run", "run")
    show.add_argument("stage", nargs="?", choices=list(STAGES)[:5], help="one stage's rejects, with examples")
    show.add_argument("--full", action="store_true", help="every figure, comparison, probe and cost, not one screen")
    compare = add("compare", "compare an arm of several runs, prompt by prompt")
    compare.add_argument("runs_named", nargs="+", metavar="RUN")
    compare.add_argument("--arm", default="taught", help="(default: taught)")
    compare.add_argument("--figure", default="", help="(default: the first recipe's primary figure)")
    compare.add_argument(
        "--scaling", action="store_true",
        help="instead: the gain of every taught arm over its untouched student against its number of pairs, by teacher; a line "
        "through three sizes and more, with its uncertainty",
    )  # fmt: skip
    compare.add_argument(
        "--at",
        type=whole_number(1, 10**15),
        metavar="PAIRS",
        help="with --scaling: what the line says of so many pairs",
    )
    compare.add_argument(
        "--out", type=local_path, metavar="PAGE.html", help="with --scaling: also write a page with a plot"
    )
    chat = add("chat", "talk to an arm of a run", "run")
    chat.add_argument("--arm", required=True)
    chat.add_argument("--seed", type=int, help="which training seed (default: the first)")
    chat.add_argument("--max-tokens", type=whole_number(1), default=200)
    chat.add_argument("--temperature", type=decimal_from_zero, default=0.7, help="(default: 0.7; 0: greedy)")
    export = add("export", "write an arm as files that other programs load, and check that they answer alike", "run")
    export.add_argument("--arm", required=True)
    export.add_argument("--seed", type=int, help="which training seed (default: the first)")
    forms = ("adapter", "merged", "gguf", "ollama", "all")
    export.add_argument("--as", dest="form", choices=forms, default="all", help="what is written (default: all)")
    export.add_argument(
        "--type", dest="kind", choices=("bf16", "f16", "q8_0"), default="f16", help="the GGUF's type (default: f16)"
    )
    export.add_argument(
        "--out", type=local_path, required=True, metavar="FOLDER", help="a folder that does not exist yet"
    )
    document = add(
        "document", "write what is asked of a run's data and model: cards, bills of materials, the page", "run"
    )
    document.add_argument(
        "--as", dest="form", default="all",
        choices=("page", "croissant", "data-card", "ml-bom", "model-card", "eu-summary", "ab2013", "all"),
        help="(default: all that the run can have)",
    )  # fmt: skip
    document.add_argument("--arm", help="which trained arm (default: the one of the report's verdict)")
    document.add_argument("--seed", type=int, help="which training seed (default: the first)")
    document.add_argument(
        "--export", type=local_path, metavar="FOLDER", help="an export of that arm: its files are named"
    )
    document.add_argument("--language", choices=("en", "ja"), help="(default: the report's)")
    document.add_argument("--out", type=local_path, metavar="FOLDER", help="(default: proof/ in the run's folder)")
    data = add("data", "write pairs as a data set that other trainers load, into a folder or onto a hub", "run")
    which = data.add_mutually_exclusive_group()
    which.add_argument("--data", metavar="NAME", help="which data set (default: the only one that was taught)")
    which.add_argument("--arm", help="or what this arm is trained on, a mixture as it is composed")
    data.add_argument(
        "--as", dest="form", default="messages",
        choices=("messages", "sharegpt", "alpaca", "prompt-completion", "parquet"),
        help="(default: messages; parquet: every column of the pairs)",
    )  # fmt: skip
    data.add_argument(
        "--out",
        type=path_or_hub,
        required=True,
        metavar="FOLDER|hf:ORG/NAME",
        help="a folder that does not exist yet, or a data set of a hub",
    )
    data.add_argument("--public", action="store_true", help="on a hub: let everybody read it (default: private)")
    data.add_argument("--language", choices=("en", "ja"), help="the card's (default: the report's)")
    add_review(
        add("review", "pages on which people judge pairs and compare arms' answers, and what they decided", "run")
    )
    add_serve(add("serve", "an arm of a run behind OpenAI's API, with checks of what comes in and goes out", "run"))
    score = add("score", "score a file of responses to IFEval's, M-IFEval Japanese's or IFBench's prompts")
    score.add_argument("prompts", type=local_path, help="the benchmark's JSONL file")
    score.add_argument("responses", type=local_path, help="JSONL with response, and key or prompt")
