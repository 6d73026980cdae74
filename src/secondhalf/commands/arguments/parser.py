"""What the command line understands: the commands, their arguments and their help."""

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from secondhalf import __version__
from secondhalf.commands.arguments.examples import epilog
from secondhalf.commands.arguments.operation import add_review, add_serve
from secondhalf.errors import UserError
from secondhalf.text.nearest import hint

Add = Callable[..., argparse.ArgumentParser]
_QUOTE, _NAMES = "'", re.compile(r"[\w.-]+")

STAGES = {
    "corpus": "draw the sample of documents",
    "clean": "filter the documents",
    "split": "cut each document in two",
    "teach": "have the teacher write second halves",
    "audit": "check the pairs",
    "train": "train every arm",
    "evaluate": "ask every arm",
    "probe": "look for leaks, overfitting and forgetting in every trained arm",
    "report": "write the report",
}


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
    if not unknown:
        return options
    sub: argparse.ArgumentParser = options.parser
    flag = next((word for word in unknown if word.startswith("-")), "")
    known = [name for action in sub._actions for name in action.option_strings if name.startswith("--")]
    if flag:
        sub.error(f"there is no option {flag.partition('=')[0]}{hint(flag.partition('=')[0], known)}")
    sub.error(f"{' '.join(unknown)}: too many words")


def _place(text: str) -> str | Path:
    return text if "://" in text else Path(text)


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
        sub.add_argument("--store", type=_place, default=Path("store"), help=place)
        sub.add_argument("--runs", type=Path, default=Path("runs"), help="the folder of runs (default: runs)")
        sub.add_argument("--json", action="store_true", help="print one JSON object instead of text")
        return sub

    _recipes(add)
    _models(add)
    _gate(
        add("gate", "hold a run's figures to a policy; exit code 0: passed, 1: not passed, 2: a faulty policy or run")
    )
    _keeping(add)
    _certifying(add)
    completion = add("completion", "print what a shell needs to complete these commands")
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))
    return top


def _set(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--set", action="append", default=[], metavar="STAGE.FIELD=VALUE", help="override a field of the recipe"
    )


def _going_on(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--again", action="store_true",
        help="make the run anew where the recipe changes what was used already; the links of before go to its history",
    )  # fmt: skip
    sub.add_argument(
        "--engine", choices=("local", "ray"), help="where documents and pairs are worked on (the recipe's field engine)"
    )
    sub.add_argument(
        "--address", metavar="HOST:PORT|auto", help="of a Ray cluster (the recipe's field cluster.address)"
    )
    sub.add_argument("--anyway", action="store_true", help="train on however few pairs there are (see train.min_pairs)")


def _recipes(add: Add) -> None:
    whole = add("run", "carry a recipe through every stage to its report", "recipe")
    _set(whole)
    _going_on(whole)
    for name, summary in STAGES.items():
        stage = add(name, f"{summary} (and what comes before, where it is not done)", "recipe")
        _set(stage)
        _going_on(stage)
        if name == "evaluate":
            stage.add_argument(
                "others",
                nargs="*",
                metavar="MODEL",
                help="or any models instead of a recipe: references, folders, GGUF files",
            )
            stage.add_argument(
                "--benchmark",
                action="append",
                default=[],
                metavar="NAME=PATH",
                help="beside the everyday prompts, for models",
            )
        if name == "clean":
            stage.add_argument(
                "--explain", metavar="ID|FILE", help="show the verdicts on a document or a file's, their places marked"
            )
        if name == "teach":
            stage.add_argument(
                "--dry-run", action="store_true", help="estimate tokens, money and hours; no model is asked"
            )
            stage.add_argument(
                "--pilot", action="store_true", help="have every teacher write the pilot's pairs alone, and rank them"
            )
    sweep = add("sweep", "compare settings on the prompts on which settings may be chosen", "recipe")
    _set(sweep)
    sweep.add_argument(
        "--over", action="append", default=[], required=True, metavar="FIELD=VALUE,VALUE",
        help="the values of a field to compare, such as train.learning_rate=3e-4,6e-4; several fields give every combination",
    )  # fmt: skip
    sweep.add_argument("--arm", action="append", default=[], help="an arm to compare (default: all that are trained)")
    _search(add("search", "find the best settings, and confirm them where the search never looked", "recipe"))
    init = add("init", "write a short recipe, of a folder of documents the one that fits them")
    init.add_argument("recipe", nargs="?", type=Path, help="the file (default: recipe.yaml, with --recipe NAME.yaml)")
    init.add_argument(
        "--from", dest="from_", metavar="FOLDER", help="look at these documents, and say how many pairs to expect"
    )
    init.add_argument("--teacher", metavar="NAME", help="the teacher: a reference, a path, or a server's name for it")
    init.add_argument("--server", metavar="URL", help="the server that has the teacher, such as https://HOST/v1")
    init.add_argument(
        "--recipe", dest="shipped", metavar="NAME", help="copy a recipe that comes with the package, such as quickstart"
    )
    init.add_argument("--student", metavar="NAME", help="the base model to train: a reference or a path")
    init.add_argument(
        "--full", action="store_true", help="every field with its documentation, not the ten that are needed"
    )
    doctor = add("doctor", "what is installed, and what a recipe would need", "recipe")
    doctor.add_argument(
        "--offline", action="store_true",
        help="ask no server; otherwise each that the recipe names is asked for its models and for one token of the one named",
    )  # fmt: skip
    doctor.add_argument("--gpu", metavar="NAME", help="estimate training on this GPU (A100, H100, ...)")
    _set(doctor)


def _search(search: argparse.ArgumentParser) -> None:
    _set(search)
    search.add_argument(
        "--over", action="append", default=[], required=True, metavar="FIELD=VALUE,VALUE",
        help="the values of a field, with --trials also a range: train.learning_rate=1e-5..1e-3:log or train.rank=4..64",
    )  # fmt: skip
    search.add_argument("--arm", default="", help="the arm that is searched (default: the one that is trained)")
    search.add_argument(
        "--figure", action="append", default=[],
        help="what a winner is best in (default: the recipe's primary figure); name a second one, such as forgetting or cost, "
        "for the front of trade-offs",
    )  # fmt: skip
    search.add_argument(
        "--limit", action="append", default=[], metavar="FIGURE<VALUE",
        help="what a winner must keep with its whole 95%% interval, such as 'forgotten_en<0.1'",
    )  # fmt: skip
    search.add_argument(
        "--trials", type=int, metavar="N",
        help="an adaptive search of N settings (extra `search`: Optuna's TPE); without it every combination of the values",
    )  # fmt: skip
    search.add_argument("--seed", type=int, default=1, help="the seed of the adaptive choice (default: 1)")
    search.add_argument(
        "--prune", choices=("none", "limits", "all"),
        help="which trained trials are not evaluated: limits: those that cannot keep a limit on forgetting or leaks; all: also "
        "those whose held-out loss is above the median (default: all with --trials, else limits)",
    )  # fmt: skip
    search.add_argument(
        "--workers", type=int, default=1, metavar="N",
        help="processes that share the trials (default: 1); the same command in another terminal shares them too",
    )  # fmt: skip
    search.add_argument(
        "--confirm-seeds", type=int, default=3, metavar="N",
        help="fresh training seeds of the run that confirms the winner on the locked prompts (default: 3; 0: no such run)",
    )  # fmt: skip
    search.add_argument("--name", default="", help="the search's name (default: the recipe's)")
    search.add_argument(
        "--searches", type=Path, default=Path("searches"), help="the folder of searches (default: searches)"
    )


def _models(add: Add) -> None:
    show = add("show", "the funnel and the figures of a run", "run")
    show.add_argument("stage", nargs="?", choices=list(STAGES)[:5], help="one stage's rejects, with examples")
    show.add_argument("--full", action="store_true", help="every figure, comparison, probe and cost, not one screen")
    compare = add("compare", "compare an arm of several runs, prompt by prompt")
    compare.add_argument("runs_named", nargs="+", metavar="RUN")
    compare.add_argument("--arm", default="taught", help="(default: taught)")
    compare.add_argument("--figure", default="", help="(default: the first recipe's primary figure)")
    chat = add("chat", "talk to an arm of a run", "run")
    chat.add_argument("--arm", required=True)
    chat.add_argument("--seed", type=int, help="which training seed (default: the first)")
    chat.add_argument("--max-tokens", type=int, default=200)
    chat.add_argument("--temperature", type=float, default=0.7)
    export = add("export", "write an arm as files that other programs load, and check that they answer alike", "run")
    export.add_argument("--arm", required=True)
    export.add_argument("--seed", type=int, help="which training seed (default: the first)")
    export.add_argument("--as", dest="form", choices=("adapter", "merged", "gguf", "ollama", "all"), default="all")
    export.add_argument("--type", dest="kind", choices=("bf16", "f16", "q8_0"), default="f16", help="the GGUF's type")
    export.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a folder that does not exist yet")
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
    document.add_argument("--export", type=Path, metavar="FOLDER", help="an export of that arm: its files are named")
    document.add_argument("--language", choices=("en", "ja"), help="(default: the report's)")
    document.add_argument("--out", type=Path, metavar="FOLDER", help="(default: proof/ in the run's folder)")
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
    score.add_argument("prompts", type=Path, help="the benchmark's JSONL file")
    score.add_argument("responses", type=Path, help="JSONL with response, and key or prompt")


def _gate(gate: argparse.ArgumentParser) -> None:
    gate.add_argument("run", nargs="?", help="a run's name or folder")
    gate.add_argument(
        "--policy", metavar="FILE", help="a policy's file, or the name of one that comes with the package (see --list)"
    )
    gate.add_argument(
        "--list", action="store_true", help="name the policies that come with the package, and where they lie"
    )
    gate.add_argument(
        "--out", type=Path, metavar="PAGE.html", help="also write the decision as a page of one sheet, to sign"
    )
    gate.add_argument(
        "--database", default="", metavar="PATH|URL",
        help="where the review's decisions are kept (default: review/review.sqlite in the run's folder)",
    )  # fmt: skip
    gate.add_argument(
        "--language", choices=("en", "ja"), help="of page and text (default: the recipe's report.language)"
    )
    gate.add_argument(
        "--keep", action="store_true",
        help="also write the decision into the run's folder (gate/POLICY.json), where a certificate covers it",
    )  # fmt: skip


def _keeping(add: Add) -> None:
    store = add("store", "list the stages in the store, share it, or remove what no run uses")
    store.add_argument(
        "--check", action="store_true", help="tell what is damaged, and what is made again; changes nothing"
    )
    store.add_argument(
        "--prune", action="store_true",
        help="show what no run uses, ask, and move it to the store's trash; the journal stays",
    )  # fmt: skip
    store.add_argument(
        "--push",
        metavar="URL",
        help="send whole stages and runs to an object store (s3://, gs://, az://, any fsspec URL)",
    )
    store.add_argument(
        "--pull", metavar="URL", help="bring stages and runs from there; what stands here stays as it is"
    )
    store.add_argument("--yes", action="store_true", help="with --prune: do not ask")
    store.add_argument(
        "--keep-trash", default="30d", metavar="AGE",
        help="with --prune: remove for good what went to the trash longer ago than this (default: 30d)",
    )  # fmt: skip
    store.add_argument(
        "--share", nargs="?", const="", metavar="GROUP",
        help="let a group read and write the store (default: the group that its folder has); it is its owner's alone otherwise",
    )  # fmt: skip
    journal = add("journal", "list, export, prune or heal the replies that were paid for")
    journal.add_argument(
        "--export", type=Path, metavar="FILE.jsonl", help="write the replies, as replay:FILE reads them"
    )
    journal.add_argument("--prune", action="store_true", help="remove replies for good; say which, then add --yes")
    journal.add_argument("--model", default="", metavar="IDENTITY", help="only this model's (the identity's beginning)")
    journal.add_argument("--older-than", default="", metavar="AGE", help="only those older than 12h, 90d or 8w")
    journal.add_argument(
        "--heal",
        action="store_true",
        help="remove failures that earlier releases kept as replies or rejects, and the stages made of them; then add --yes",
    )
    journal.add_argument("--yes", action="store_true", help="really remove")


def _certifying(add: Add) -> None:
    certify = add("certify", "sign what a run's tables hold, and the decisions and documents in its folder", "run")
    certify.add_argument(
        "--model", type=Path, metavar="FOLDER",
        help="cover the model that `export` wrote there too, and write model.sig there, which OpenSSF's model_signing verifies",
    )  # fmt: skip
    certify.add_argument(
        "--out", type=Path, metavar="FILE", help="(default: certificate.json in the model's folder, else in the run's)"
    )
    verify = add("verify", "check a certificate against a store, or against the files that you were given")
    verify.add_argument(
        "file", type=Path, help="the certificate; exit codes: 0 intact, 1 not, 3 intact but signer unknown"
    )
    verify.add_argument("--run", default="", help="the run that it has to be of (default: the one that it names)")
    against = verify.add_mutually_exclusive_group()
    against.add_argument(
        "--files", type=Path, metavar="PATH", help="instead of the store: one file, or those of a folder"
    )
    against.add_argument("--model", type=Path, metavar="FOLDER", help="instead of the store: an exported model")
    against.add_argument("--signature-only", action="store_true", help="compare nothing with it")
    verify.add_argument("--key", type=Path, metavar="FILE", help="a public key, instead of those that are known")
    keys = add("keys", "make, list and replace keys for certificates, and trust those of others")
    keys.add_argument("action", nargs="?", choices=("list", "make", "rotate", "trust", "forget"), default="list")
    keys.add_argument(
        "file", nargs="?", metavar="FILE", help="trust: a public key's file; forget: the beginning of its id"
    )
    keys.add_argument("--name", default="", help="make, trust: whose key it is")
    keys.add_argument("--passphrase", action="store_true", help="make, rotate: ask for a passphrase at the terminal")
    for sub in (certify, keys):
        sub.add_argument(
            "--passphrase-env",
            default="",
            metavar="VARIABLE",
            help="the environment variable that holds the passphrase",
        )
    for sub in (certify, verify, keys):
        sub.add_argument(
            "--keys", type=Path, metavar="FOLDER", help="the folder of keys (default: ~/.config/secondhalf/keys)"
        )
