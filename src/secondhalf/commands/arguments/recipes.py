"""The arguments of commands that take a recipe, and of those of its stages."""

import argparse
from collections.abc import Callable
from pathlib import Path

from secondhalf.commands.arguments.numbers import whole_number
from secondhalf.commands.arguments.places import local_path

Add = Callable[..., argparse.ArgumentParser]

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


def add_recipes(add: Add) -> None:
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
    init.add_argument(
        "recipe", nargs="?", type=local_path, help="the file (default: recipe.yaml, with --recipe NAME.yaml)"
    )
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
    doctor = add("doctor", "what is installed, and what a recipe would need")
    doctor.add_argument("recipe", nargs="?", help="(default: say what is installed, and no more)")
    doctor.add_argument(
        "--offline", action="store_true",
        help="ask no server; otherwise each that the recipe names is asked for its models and for one token of the one named",
    )  # fmt: skip
    doctor.add_argument("--gpu", metavar="NAME", help="estimate training on this GPU (A100, H100, ...)")
    doctor.add_argument(
        "--nodes",
        type=whole_number(1, 10**15),
        metavar="N",
        help="say what a cluster of N nodes takes, by measured rates, and what breaks first",
    )
    doctor.add_argument(
        "--cores",
        type=whole_number(1, 10**15),
        metavar="N",
        help="with --nodes: cores of a node (default: this machine's)",
    )
    doctor.add_argument(
        "--pairs",
        type=whole_number(1, 10**15),
        metavar="N",
        help="with --nodes: so many pairs instead of the recipe's own",
    )
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
        "--trials", type=whole_number(1), metavar="N",
        help="an adaptive search of N settings (extra `search`: Optuna's TPE); without it every combination of the values",
    )  # fmt: skip
    search.add_argument(
        "--seed", type=whole_number(0, 2**32 - 1), default=1, help="the seed of the adaptive choice (default: 1)"
    )
    search.add_argument(
        "--prune", choices=("none", "limits", "all"),
        help="which trained trials are not evaluated: limits: those that cannot keep a limit on forgetting or leaks; all: also "
        "those whose held-out loss is above the median (default: all with --trials, else limits)",
    )  # fmt: skip
    search.add_argument(
        "--workers", type=whole_number(1), default=1, metavar="N",
        help="processes that share the trials (default: 1); the same command in another terminal shares them too",
    )  # fmt: skip
    search.add_argument(
        "--confirm-seeds", type=whole_number(0), default=3, metavar="N",
        help="fresh training seeds of the run that confirms the winner on the locked prompts (default: 3; 0: no such run)",
    )  # fmt: skip
    search.add_argument("--name", default="", help="the search's name (default: the recipe's)")
    search.add_argument(
        "--searches", type=local_path, default=Path("searches"), help="the folder of searches (default: searches)"
    )
