"""A process on a node that stays, as Ray knows it. It travels by value: a node without this package can say so itself."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from secondhalf.errors import UserError

CALLS_AT_ONCE = 4  # of one actor: its work, its news, a file that is read
_CLOSE_SECONDS = 5.0


def make_actor(module: str, name: str) -> type:
    """The class of a process that holds one worker: an object of the class `name` of `module`, made with its node's name.

    Inside a function Ray sends its code, not its name.
    """

    class Actor:
        def __init__(self) -> None:
            import socket

            import ray

            self.name = f"{socket.gethostname()} ({ray.util.get_node_ip_address()})"
            self.worker: Any = None

        def open(self) -> Any:
            """What came of it: a pair of a word and the node's name, or the reason."""
            from importlib import import_module

            try:
                worker = getattr(import_module(module), name)
            except ImportError as error:
                return ("missing", f"Node {self.name} has not the package secondhalf ({error})")
            self.worker = worker(self.name)
            return ("ready", self.name)

        def call(self, method: str, *arguments: Any) -> Any:
            return getattr(self.worker, method)(*arguments)

    return Actor


def opened_name(answer: tuple[str, str]) -> str:
    """The node's name, from what `open` returned. Raises UserError for a node without the package."""
    state, text = answer
    if state == "missing":
        raise UserError(f"{text}: install it there as on this machine.")
    return text


def close_actors(actors: Sequence[Any]) -> None:
    """Has the workers remove what they wrote on their nodes, and ends them."""
    import ray

    with suppress(Exception):  # of a node that is gone
        ray.wait([one.call.remote("close") for one in actors], num_returns=len(actors), timeout=_CLOSE_SECONDS)
    for one in actors:
        with suppress(Exception):
            ray.kill(one, no_restart=True)
