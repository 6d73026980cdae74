"""From arms to an open port, and to its graceful end."""

import asyncio
import contextlib
import logging
import signal
import socket
import time
from collections.abc import Callable, Iterator

import uvicorn

from secondhalf.errors import UserError
from secondhalf.runs import Run
from secondhalf.serve.arms import ServedArms
from secondhalf.serve.check_arm import check_arm, stored_answers
from secondhalf.serve.database import ServeDatabase
from secondhalf.serve.endpoint import Endpoint
from secondhalf.serve.load import training_seed
from secondhalf.serve.settings import ServeSettings

_LOG = logging.getLogger(__name__)
_GRACE = 60  # seconds for answers in work when it is told to stop


class _Server(uvicorn.Server):
    """Leaves signals to us: they end it with code 0, when what is in work is answered."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(
    run: Run, arms: ServedArms, seed: int | None, settings: ServeSettings, database: ServeDatabase, host: str, port: int,
    opened: Callable[[str], None],
) -> None:  # fmt: skip
    """Checks the arms, opens the port, and answers until it is told to stop (SIGINT, SIGTERM); a second signal ends it at once.

    `opened` is told the address. Raises UserError for an arm that answers as another model would, and for a port that cannot be
    opened.
    """
    asyncio.run(_serve(run, arms, seed, settings, database, host, port, opened))


async def _serve(
    run: Run, arms: ServedArms, seed: int | None, settings: ServeSettings, database: ServeDatabase, host: str, port: int,
    opened: Callable[[str], None],
) -> None:  # fmt: skip
    for name, arm in arms.arms.items():
        arm.engine.check()
        stored = stored_answers(run, name, training_seed(run, name, seed))
        if not stored:
            _LOG.warning(
                "The run has no answers of the arm %s to hold it to: evaluate it first to have it checked.", name
            )
        share = await check_arm(name, arm.engine, stored)
        _LOG.info("The arm %s answers as in its run: %.0f %% of %d answers.", name, 100 * share, len(stored))
    endpoint = Endpoint(arms, settings, database, int(time.time()))
    config = uvicorn.Config(
        endpoint.app, host=host, port=port, log_config=None, access_log=False, server_header=False, lifespan="on",
        timeout_graceful_shutdown=_GRACE, timeout_keep_alive=30, ws="none",
    )  # fmt: skip
    server = _Server(config)
    try:
        opened_socket = _socket(host, port)
    except OSError as error:
        raise UserError(f"{host}:{port} cannot be opened ({error}): choose another --port or --host.") from error

    def stop() -> None:
        server.force_exit = server.should_exit
        server.should_exit = True
        endpoint.stop()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    name = f"[{host}]" if ":" in host else host
    opened(f"http://{name}:{opened_socket.getsockname()[1]}/v1")
    await server.serve(sockets=[opened_socket])


def _socket(host: str, port: int) -> socket.socket:
    """A socket that is bound; port 0 is any free one."""
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(address)
    return bound
