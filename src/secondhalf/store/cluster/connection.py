"""Connects this process to a Ray cluster, or starts a Ray here. Every failure is one sentence with the mend.

Ray's statistics of use are switched off, and so is its dashboard where Ray is started here.
"""

import logging
import os
import socket
from typing import Any

import psutil

from secondhalf import install
from secondhalf.errors import UserError
from secondhalf.store.workers import cores
from secondhalf.text.secrets import mask_secrets

ADDRESS = "cluster.address"
_REACH_SECONDS = 5.0
_STORE_BYTES = (
    2 << 30
)  # of Ray's store of objects at most, where Ray is started here: few parts are under way at a time


def connect(address: str) -> bool:
    """Connects to the Ray at `address` ("": one that is started here). True where this process has to leave it again.

    Raises UserError for an address that is none, cannot be reached or is of another Ray or Python, and without the package.
    """
    # Before Ray is imported: no statistics of use leave this machine.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError as error:
        raise UserError(f"engine: ray needs the package ray: {install.extra('ray')}.") from error
    if ray.is_initialized():  # a notebook's own
        return False
    _check_address(address)
    options: dict[str, Any] = {"address": address, "namespace": "secondhalf"}
    if not address:
        memory = min(_STORE_BYTES, psutil.virtual_memory().total // 10)
        options = {"address": "local", "num_cpus": cores(), "object_store_memory": memory, "include_dashboard": False}
    try:
        # Its own lines on this terminal would stand between a command's; what fails comes back as an exception.
        ray.init(**options, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:
        raise _connection_error(address, error) from error
    return True


def disconnect() -> None:
    """Leaves the cluster, or ends the Ray that was started here."""
    import ray

    ray.shutdown()


def _check_address(address: str) -> None:
    if address in {"", "auto"}:
        return
    host, _, port = address.rpartition(":")
    if "://" in address or "@" in address or not host or not port.isdecimal():
        shown = mask_secrets(address) if "://" in address else address.rpartition("@")[2]
        raise UserError(
            f"{ADDRESS}: {shown!r} is no HOST:PORT of a Ray head: give what `ray start` prints, "
            "and run this on a node of that cluster (Ray Client, ray://, is not used)."
        )
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_REACH_SECONDS) as connection:
            speaks = _speaks_grpc(connection)
    except (OSError, OverflowError, ValueError) as error:  # a UnicodeError, of a name that is no host's, among them
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(
            f"{ADDRESS}: no Ray answers at {address} ({reason}): start it there (`ray start --head`), or correct the address."
        ) from error
    if not speaks:
        raise UserError(
            f"{ADDRESS}: what answers at {address} is no head of Ray: give the address that `ray start --head` printed."
        )


def _speaks_grpc(connection: socket.socket) -> bool:
    """Whether the server's first frame is one of HTTP/2's settings (RFC 9113, 3.4): Ray's own attempts at others take minutes."""
    connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
    frame = connection.recv(9)
    return len(frame) > 3 and frame[3] == 4


def _connection_error(address: str, error: Exception) -> UserError:
    lines = [line.strip() for line in mask_secrets(str(error)).splitlines() if line.strip()]
    text = " ".join(lines)
    if "Version mismatch" in text:
        return UserError(
            f"{ADDRESS}: {address} runs another Ray or Python than this process ({' '.join(lines[1:5])[:300]}): install the same "
            "versions on every node, from requirements/extras.lock."
        )
    where = address or "this machine"
    if "token" in text.lower() and "auth" in text.lower():
        return UserError(
            f"{ADDRESS}: {where} wants another token than this process has: give the cluster's in RAY_AUTH_TOKEN_PATH, as a file "
            "that you alone can read."
        )
    if address == "auto":
        return UserError(
            f"{ADDRESS}: this machine belongs to no Ray cluster ({lines[0] if lines else type(error).__name__}): `ray start "
            "--address=HOST:PORT` joins one; or name the head's HOST:PORT."
        )
    first = lines[0] if lines else type(error).__name__
    return UserError(
        f"{ADDRESS}: Ray does not start with {where} ({first[:300]}): run this on a node of the cluster, where `ray status` "
        "works, or leave the address empty."
    )
