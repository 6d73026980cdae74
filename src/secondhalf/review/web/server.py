"""From an application to an open port, and to its end."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Callable, Iterator

import uvicorn
from starlette.applications import Starlette

from secondhalf.errors import UserError
from secondhalf.listening_socket import listening_socket
from secondhalf.server_loop import run_server
from secondhalf.silent_connections import SilentConnectionsEnd

_BACKLOG = 2048  # whoever is told the address may come at once
_GRACE = 10  # seconds for requests in work when it is told to stop


class _ReviewServer(uvicorn.Server):
    """Leaves signals to us: they end it with code 0."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server_config(application: Starlette, host: str, port: int) -> uvicorn.Config:
    """How the server behaves. Who a request comes from is the connection's to say, and no header's."""
    return uvicorn.Config(
        application, host=host, port=port, log_config=None, access_log=False, server_header=False, lifespan="off",
        timeout_graceful_shutdown=_GRACE, timeout_keep_alive=30, ws="none", proxy_headers=False,
        http=SilentConnectionsEnd,
    )  # fmt: skip


def serve_review(application: Starlette, host: str, port: int, opened: Callable[[str], None]) -> None:
    """Opens the port and answers until it is told to stop (SIGINT, SIGTERM); a second signal ends it at once.

    `opened` is told the address. Raises UserError for a port that cannot be opened.
    """
    run_server(_serve(application, host, port, opened))


async def _serve(application: Starlette, host: str, port: int, opened: Callable[[str], None]) -> None:
    server = _ReviewServer(server_config(application, host, port))
    try:
        bound = listening_socket(host, port, _BACKLOG)
    except (OSError, OverflowError, ValueError) as error:
        raise UserError(f"{host}:{port} cannot be opened ({error}): choose another --port or --host.") from error

    def stop() -> None:
        server.force_exit = server.should_exit
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    name = f"[{host}]" if ":" in host else host
    # The pairs stay for as long as the server does: not looked through by every collection, in which no page is answered.
    gc.collect()
    gc.freeze()
    opened(f"http://{name}:{bound.getsockname()[1]}")
    await server.serve(sockets=[bound])
