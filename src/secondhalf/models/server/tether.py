"""Runs a command until it ends or whoever started this is gone, however that ended: python tether.py LOG COMMAND [...].

Standard input is the tether: its other end is held by the process that started this one, and closes with it. This file is run as
it stands, by a Python of a node, so it imports nothing of the package.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

_SECONDS = 10.0  # between being asked to end and being ended
_PR_SET_PDEATHSIG = 1


def main(log: str, command: list[str]) -> int:
    """The command's exit status."""
    with open(log, "wb") as file:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform.startswith("linux") else None,  # noqa: PLW1509  (no thread runs yet)
        )
    threading.Thread(target=_end_with_starter, args=(server,), daemon=True).start()
    try:
        return server.wait()
    finally:
        _signal(server.pid, signal.SIGKILL)  # what the command started and left


def _end_with_starter(server: "subprocess.Popen[bytes]") -> None:
    while os.read(0, 4096):
        pass
    _signal(server.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        server.wait(_SECONDS)
    _signal(server.pid, signal.SIGKILL)


def _end_with_parent() -> None:
    """Linux: should this process be killed, the command is too."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _signal(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
