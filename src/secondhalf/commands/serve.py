"""`secondhalf serve`: an arm of a run behind OpenAI's API; its keys; and what it forgets."""

import argparse
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from secondhalf.api import find_run
from secondhalf.errors import UserError
from secondhalf.install import extra
from secondhalf.output import print_json, print_new_key, print_text
from secondhalf.recipe.file import explain, read_mapping, read_overrides, set_value
from secondhalf.report.terminal import spoken
from secondhalf.runs import Run
from secondhalf.serve.arms import read_shares
from secondhalf.serve.kept.database import ServeDatabase
from secondhalf.serve.keys import ClientKeys
from secondhalf.serve.settings import ServeSettings
from secondhalf.text.table import format_table
from secondhalf.text.yaml_text import YamlMapping

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def main(options: argparse.Namespace) -> None:
    """Serves, or does what an option names: a key is made, listed or revoked, a client or a request forgotten."""
    run = find_run(options.run, runs=options.runs, store=options.store)
    database = ServeDatabase(run.folder / "serve" / "serve.sqlite")
    try:
        if options.make_key or options.list_keys or options.revoke_key:
            _keys(ClientKeys(database), options)
        elif options.forget:
            _forget(database, options)
        else:
            _serve(run, database, options)
    except sqlite3.Error as error:
        raise UserError(f"{database.path} cannot be used ({error}): check the disk, or move the file away.") from error
    finally:
        database.close()


def _keys(keys: ClientKeys, options: argparse.Namespace) -> None:
    if options.make_key:
        key = keys.make(options.make_key, options.requests_per_minute, options.tokens_per_minute)
        print_new_key(options.make_key, key, as_json=options.json)
        if not options.json:
            print_text("This is the only time that it is shown; what is stored is its hash.")
    elif options.revoke_key:
        keys.revoke(options.revoke_key)
        print_json({"revoked": options.revoke_key}) if options.json else print_text(f"{options.revoke_key} is revoked.")
    elif options.json:
        print_json(keys.rows())
    else:
        rows = [[str(value) for value in row.values()] for row in keys.rows()]
        head = ["name", "requests/minute", "tokens/minute", "made", "revoked"]
        print_text(format_table(rows, head) if rows else "There are no keys.")


def _forget(database: ServeDatabase, options: argparse.Namespace) -> None:
    count = database.forget(options.forget)
    if options.json:
        print_json({"forgotten": count})
    else:
        print_text(f"{count} requests of {options.forget} are removed, with their texts and flags.")


def _serve(run: Run, database: ServeDatabase, options: argparse.Namespace) -> None:
    if not options.arm:
        raise UserError(f"Name an arm to serve: --arm ARM, one of {', '.join(run.recipe.arms)}.")
    shares = read_shares(options.arm)
    settings = read_settings(options.settings, options.set)
    if options.host not in _LOOPBACK and not ClientKeys(database).needed:
        raise UserError(
            f"--host {options.host} is open to others: make a key first (`secondhalf serve {run.folder.name} --make-key NAME`)."
        )
    try:
        from secondhalf.serve.load import EngineChoice, load_arms
        from secondhalf.serve.server import serve
    except ModuleNotFoundError as error:
        missing = "serve" if error.name in {"starlette", "uvicorn", "prometheus_client"} else "train"
        raise UserError(f"{error.name} is not installed: {extra(missing)}.") from error
    choice = EngineChoice(_by_arm("--upstream", options.upstream, shares), _by_arm("--gguf", options.gguf, shares))
    arms = load_arms(run, shares, options.seed, settings, choice)

    def opened(address: str) -> None:
        if options.json:
            print_json({"address": address, "models": arms.models()})
        else:
            text = f"{address} answers for {', '.join(arms.models())}. Ctrl-C stops it when what is in work is done."
            print_text(spoken(text, run.recipe.report.language))

    serve(arms, settings, database, options.host, options.port, opened)


def _by_arm(option: str, values: list[str], shares: Mapping[str, float]) -> dict[str, str]:
    """[ARM=]VALUE of the command line as arm to value. Raises UserError where the arm is not served, or is to be guessed."""
    chosen = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not equals or "/" in name:  # an address or a path may hold one of its own
            name, value = (next(iter(shares)) if len(shares) == 1 else ""), text
        if name not in shares or name in chosen or not value:
            raise UserError(
                f"{option} {text[:80]}: write it once an arm, as ARM=..., with ARM one of {', '.join(shares)}."
            )
        chosen[name] = value
    return chosen


def read_settings(path: Path | None, overrides: list[str]) -> ServeSettings:
    """The settings of a YAML file, with `field=value` laid over them; the defaults where there is none.

    Raises UserError naming the line and the field that is wrong.
    """
    example = "docs/serve.md has one"
    none = f"is no settings file: it must hold `key: value` lines; {example}."
    raw = read_mapping(path, f"correct --settings; {example}", none) if path else YamlMapping()
    fields = dict(raw)
    for name, value in read_overrides(overrides):
        set_value(fields, name, value)
    try:
        return ServeSettings.model_validate(fields)
    except ValidationError as error:
        raise UserError(explain(error, ServeSettings, path or Path("--set"), raw)) from error
