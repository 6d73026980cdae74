"""The arguments of commands that hold, keep and certify what a run made: gate, store, journal, certificates and keys."""

import argparse
from collections.abc import Callable

from secondhalf.commands.arguments.places import local_path

Add = Callable[..., argparse.ArgumentParser]


def add_gate(gate: argparse.ArgumentParser) -> None:
    gate.add_argument("run", nargs="?", help="a run's name or folder")
    gate.add_argument(
        "--policy", metavar="FILE", help="a policy's file, or the name of one that comes with the package (see --list)"
    )
    gate.add_argument(
        "--list", action="store_true", help="name the policies that come with the package, and where they lie"
    )
    gate.add_argument(
        "--out", type=local_path, metavar="PAGE.html", help="also write the decision as a page of one sheet, to sign"
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


def add_keeping(add: Add) -> None:
    store = add("store", "list the stages in the store, share it, or remove what no run uses")
    does = store.add_mutually_exclusive_group()  # of two the second would be passed over, and the command succeed
    does.add_argument(
        "--check", action="store_true", help="tell what is damaged, and what is made again; changes nothing"
    )
    does.add_argument(
        "--prune", action="store_true",
        help="show what no run uses, ask, and move it to the store's trash; the journal stays",
    )  # fmt: skip
    does.add_argument(
        "--push",
        metavar="URL",
        help="send whole stages and runs to an object store (s3://, gs://, az://, any fsspec URL)",
    )
    does.add_argument("--pull", metavar="URL", help="bring stages and runs from there; what stands here stays as it is")
    store.add_argument("--yes", action="store_true", help="with --prune: do not ask")
    store.add_argument(
        "--keep-trash", default="30d", metavar="AGE",
        help="with --prune: remove for good what went to the trash longer ago than this (default: 30d)",
    )  # fmt: skip
    does.add_argument(
        "--share", nargs="?", const="", metavar="GROUP",
        help="let a group read and write the store (default: the group that its folder has); it is its owner's alone otherwise",
    )  # fmt: skip
    journal = add("journal", "list, export, prune or heal the replies that were paid for")
    journal.add_argument(
        "--export", type=local_path, metavar="FILE.jsonl", help="write the replies, as replay:FILE reads them"
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


def add_certifying(add: Add) -> None:
    certify = add("certify", "sign what a run's tables hold, and the decisions and documents in its folder", "run")
    certify.add_argument(
        "--model", type=local_path, metavar="FOLDER",
        help="cover the model that `export` wrote there too, and write model.sig there, which OpenSSF's model_signing verifies",
    )  # fmt: skip
    certify.add_argument(
        "--out",
        type=local_path,
        metavar="FILE",
        help="(default: certificate.json in the model's folder, else in the run's)",
    )
    verify = add("verify", "check a certificate against a store, or against the files that you were given")
    verify.add_argument(
        "file", type=local_path, help="the certificate; exit codes: 0 intact, 1 not, 3 intact but signer unknown"
    )
    verify.add_argument("--run", default="", help="the run that it has to be of (default: the one that it names)")
    against = verify.add_mutually_exclusive_group()
    against.add_argument(
        "--files", type=local_path, metavar="PATH", help="instead of the store: one file, or those of a folder"
    )
    against.add_argument("--model", type=local_path, metavar="FOLDER", help="instead of the store: an exported model")
    against.add_argument("--signature-only", action="store_true", help="compare nothing with it")
    verify.add_argument("--key", type=local_path, metavar="FILE", help="a public key, instead of those that are known")
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
            "--keys", type=local_path, metavar="FOLDER", help="the folder of keys (default: ~/.config/secondhalf/keys)"
        )
