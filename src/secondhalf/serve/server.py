"""From arms to an open port, and to its graceful end."""

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Callable, Iterator

import uvicorn

from secondhalf.errors import UserError
from secondhalf.listening_socket import listening_socket
from secondhalf.serve.arms import ServedArms
from secondhalf.serve.check_arm import check_arm
from secondhalf.serve.connection import raise_file_limit, uvicorn_options
from secondhalf.serve.endpoint import Endpoint
from secondhalf.serve.kept.database import ServeDatabase
from secondhalf.serve.settings import ServeSettings
from secondhalf.server_loop import run_server

_LOG = logging.getLogger(__name__)
_BACKLOG = 2048  # connections that wait to be taken
_GRACE = 60  # seconds for answers in work when it is told to stop


class _Server(uvicorn.Server):
    """Leaves signals to us: they end it with code 0, when what is in work is answered."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(
    arms: ServedArms,
    settings: ServeSettings,
    database: ServeDatabase,
    host: str,
    port: int,
    opened: Callable[[str], None],
) -> None:
    """Checks the arms, opens the port, and answers until it is told to stop (SIGINT, SIGTERM); a second signal ends it at once.

    `opened` is told the address. Raises UserError for an arm that answers as another model would, and for a port that cannot be
    opened.
    """
    run_server(_serve(arms, settings, database, host, port, opened))


async def _serve(
    arms: ServedArms,
    settings: ServeSettings,
    database: ServeDatabase,
    host: str,
    port: int,
    opened: Callable[[str], None],
) -> None:
    for name, arm in arms.arms.items():
        await arm.engine.check()
        if arm.expected:
            share = await check_arm(name, arm.engine, arm.expected)
            _LOG.info("The arm %s answers as in its run: %.0f %% of %d answers.", name, 100 * share, len(arm.expected))
            if all(one.text == one.untouched for one in arm.expected):
                _LOG.warning(
                    "Here the arm %s says what its untouched student says: the two cannot be told apart.", name
                )
    endpoint = Endpoint(arms, settings, database, int(time.time()))
    raise_file_limit()
    config = uvicorn.Config(endpoint.app, timeout_graceful_shutdown=_GRACE, **uvicorn_options())
    server = _Server(config)
    try:
        opened_socket = listening_socket(host, port, _BACKLOG)
    except (OSError, OverflowError, ValueError) as error:
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
