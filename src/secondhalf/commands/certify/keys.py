"""`secondhalf keys`: makes, lists and replaces one's own keys, and knows those of others."""

import argparse
from pathlib import Path
from typing import Any

from secondhalf.certify.keyring import Keyring, KnownKey, keys_folder
from secondhalf.certify.passphrase import new_passphrase
from secondhalf.errors import UserError
from secondhalf.output import print_json, print_text
from secondhalf.text.table import format_table


def main(options: argparse.Namespace) -> None:
    """Does what was chosen, and lists the keys that it made, trusts or forgot; without a choice all of them."""
    keyring = Keyring(keys_folder(options.keys))
    keys, sentence = _ACTIONS[options.action](keyring, options)
    rows = [_row(keyring, key) for key in keys]
    if options.json:
        print_json(
            {
                "folder": str(keyring.folder),
                "keys": [row | {"public": key.public} for row, key in zip(rows, keys, strict=True)],
            }
        )
        return
    print_text("\n".join(filter(None, [_table(rows), sentence])))


def _list(keyring: Keyring, options: argparse.Namespace) -> tuple[list[KnownKey], str]:
    _refuse(options, "list", file=True, name=True, passphrase=True)
    empty = f"{keyring.folder} holds no keys: `secondhalf keys make --name NAME` makes some."
    return keyring.keys, "" if keyring.keys else empty


def _make(keyring: Keyring, options: argparse.Namespace) -> tuple[list[KnownKey], str]:
    _refuse(options, "make", file=True)
    if not options.name:
        raise UserError("keys make: --name says whose keys they are: give your name, or your organisation's.")
    passphrase = new_passphrase(options.passphrase_env) if _wants_passphrase(options) else None
    made = keyring.make(options.name, passphrase)
    note = "" if passphrase else " They have no passphrase: whoever can read these files can sign in your name."
    return made, f"{_hand_out(keyring.folder)}{note}"


def _rotate(keyring: Keyring, options: argparse.Namespace) -> tuple[list[KnownKey], str]:
    _refuse(options, "rotate", file=True, name=True)
    # Keys that had a passphrase are not replaced by some that have none.
    protected = keyring.has_passphrase(keyring.current("certificates"))
    passphrase = new_passphrase(options.passphrase_env) if protected or _wants_passphrase(options) else None
    return keyring.rotate(
        passphrase
    ), f"The keys before are retired: what they signed stays valid. {_hand_out(keyring.folder)}"


def _trust(keyring: Keyring, options: argparse.Namespace) -> tuple[list[KnownKey], str]:
    _refuse(options, "trust", passphrase=True)
    if not options.file or not options.name:
        raise UserError("keys trust FILE --name NAME: give the file of a public key, and its owner's name.")
    key = keyring.trust(Path(options.file), options.name)
    return [key], f"Compare the whole id with its owner by another way than the file came: {key.id}"


def _forget(keyring: Keyring, options: argparse.Namespace) -> tuple[list[KnownKey], str]:
    _refuse(options, "forget", name=True, passphrase=True)
    if not options.file:
        raise UserError("keys forget ID: give the beginning of the key's id, as `secondhalf keys list` shows it.")
    return [keyring.forget(options.file)], "Forgotten: what it signed is by an unknown signer."


_ACTIONS = {"list": _list, "make": _make, "rotate": _rotate, "trust": _trust, "forget": _forget}


def _refuse(
    options: argparse.Namespace, action: str, *, file: bool = False, name: bool = False, passphrase: bool = False
) -> None:
    """Raises UserError for what was given and would be passed over."""
    given = {
        "FILE": file and options.file,
        "--name": name and options.name,
        "--passphrase": passphrase and _wants_passphrase(options),
    }
    for word, value in given.items():
        if value:
            raise UserError(f"keys {action} takes no {word}: leave it out.")


def _wants_passphrase(options: argparse.Namespace) -> bool:
    return bool(options.passphrase or options.passphrase_env)


def _hand_out(folder: Path) -> str:
    return f"Hand out the .pub files in {folder}; keep the .pem files to yourself."


def _row(keyring: Keyring, key: KnownKey) -> dict[str, Any]:
    own = key.own and not key.retired
    return key.without_key() | {"passphrase": keyring.has_passphrase(key) if own else None}


def _table(rows: list[dict[str, Any]]) -> str:
    cells = [
        [
            row["id"][:16], row["kind"], row["name"], "own" if row["own"] else "trusted",
            f"retired {row['retired'][:10]}" if row["retired"] else "in use",
            {True: "yes", False: "no", None: "-"}[row["passphrase"]],
        ]
        for row in rows
    ]  # fmt: skip
    return format_table(cells, ["key", "signs", "name", "whose", "state", "passphrase"]) if cells else ""
