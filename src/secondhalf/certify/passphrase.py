"""Passphrases of private keys: from an environment variable that is named, or typed at a terminal; never from an argument.

An argument is seen by everybody on the machine and kept in the shell's history.
"""

import getpass
import os
import sys

from secondhalf.errors import UserError

_SHORTEST = 8
_OTHERWISE = "name an environment variable that holds it with --passphrase-env, or start this at a terminal"


def known_passphrase(variable: str, key: str) -> bytes:
    """The passphrase of a key that there is. `variable`: the environment variable that holds it; "": ask at the terminal.

    Raises UserError where the variable is not set, and where nobody can be asked.
    """
    if variable:
        return _of_variable(variable)
    return _typed(f"Passphrase of {key}: ", f"{key} has a passphrase")


def new_passphrase(variable: str) -> bytes:
    """A passphrase for a new key, typed twice where it is typed. Raises UserError also for one of under 8 characters."""
    if variable:
        passphrase = _of_variable(variable)
    else:
        passphrase = _typed("New passphrase: ", "A passphrase is needed")
        if _typed("The same again: ", "A passphrase is needed") != passphrase:
            raise UserError("The two passphrases differ: start again. Nothing was made.")
    if len(passphrase.decode("utf-8", "replace")) < _SHORTEST:
        raise UserError(
            f"The passphrase is shorter than {_SHORTEST} characters: choose a longer one. Nothing was made."
        )
    return passphrase


def _of_variable(variable: str) -> bytes:
    value = os.environb.get(os.fsencode(variable), b"")
    if not value:
        raise UserError(f"--passphrase-env {variable}: that environment variable is not set: set it to the passphrase.")
    return value


def _typed(prompt: str, why: str) -> bytes:
    if not sys.stdin.isatty():
        raise UserError(f"{why}, and nobody can type it here: {_OTHERWISE}.")
    return getpass.getpass(prompt).encode("utf-8", "surrogateescape")
