"""The task that a node gets. It travels by value, so that a node without this package can say so itself."""

from typing import Any

MISSING = "secondhalf: package missing"
"""What a task returns instead of a result, with the node's name and the reason."""


def make_call() -> Any:
    """The function of the task. Inside another function Ray sends its code, not its name.

    It yields None when a worker begins it, then the result: a call that waits for a core is told from one that hangs.
    """

    def call(expected: dict[str, str], folder: str, references: list[Any]) -> Any:
        yield None
        import socket

        import ray

        name = f"{socket.gethostname()} ({ray.util.get_node_ip_address()})"
        try:
            from secondhalf.store.cluster.node import run_on_node
        except ImportError as error:
            yield ("secondhalf: package missing", name, str(error))
        else:
            yield run_on_node(name, expected, folder, *references)

    return call
