"""One replica of a model's server on a node: an actor of Ray that holds the server's process, which ends with it."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from secondhalf.models.server.replica_settings import ReplicaSettings

STARTS = 3
"""How often a server that ends by itself is started on one node before the replica is given up."""
_TAIL = 400  # characters of what the server wrote last


class ReplicaFailedError(Exception):
    """The server does not run; the message says why, with the node's name and the server's last words."""


class Replica:
    """Where the server runs is told by `address`, which starts it where it does not. Used as a Ray actor, a call at a time."""

    def __init__(self, settings: ReplicaSettings, host: str) -> None:
        """`host`: this node's address."""
        self._settings, self._host = settings, host
        self._log = Path(tempfile.mkdtemp(prefix="secondhalf-replica-"), "log")
        self._process: subprocess.Popen[bytes] | None = None
        self._port = self._starts = 0

    def address(self) -> tuple[str, int]:
        """The host and the port of the server. Raises ReplicaFailedError where it ended too often, or cannot be started."""
        if self._process is None or self._process.poll() is not None:
            if self._starts == STARTS:
                raise ReplicaFailedError(self._last_words())
            self._start()
        return self._host, self._port

    def stop(self) -> None:
        """Ends the server, waits for it, and removes its log."""
        self._starts = STARTS
        if self._process and self._process.stdin:
            self._process.stdin.close()
            self._process.wait()
        shutil.rmtree(self._log.parent, ignore_errors=True)

    def _start(self) -> None:
        self._starts += 1
        self._port = _free_port(self._host)
        command = self._settings.words(self._host, self._port)
        tether = [sys.executable, str(Path(__file__).with_name("tether.py")), str(self._log)]
        self._process = subprocess.Popen([*tether, *command], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        threading.Thread(target=self._keep_errors, args=(self._process,), daemon=True).start()

    def _keep_errors(self, process: "subprocess.Popen[bytes]") -> None:
        """What the tether itself says, of a program that is not there, goes where the server's words are."""
        errors = process.stderr.read() if process.stderr else b""
        if errors:
            with self._log.open("ab") as log:
                log.write(errors)

    def _last_words(self) -> str:
        written = self._log.read_bytes() if self._log.is_file() else b""
        words = " ".join(written.decode("utf-8", "replace").split())[-_TAIL:]
        status = self._process.returncode if self._process else None
        ended = f"it ended {STARTS} times, with status {status}; it wrote: {words or 'nothing'}"
        return f"{socket.gethostname()} ({self._host}): {ended}"


def make_actor() -> object:
    """The actor's class as Ray takes it; its node's address is found there."""
    import ray

    class OnNode(Replica):
        def __init__(self, settings: ReplicaSettings, folder: str) -> None:
            if os.path.isdir(folder):  # relative paths of the command mean what they mean to the run
                os.chdir(folder)
            super().__init__(settings, ray.util.get_node_ip_address())

    return ray.remote(OnNode)


def _free_port(host: str) -> int:
    with socket.create_server((host, 0)) as one:
        return int(one.getsockname()[1])
