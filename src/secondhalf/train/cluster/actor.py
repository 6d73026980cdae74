"""The process that trains on a node, as Ray knows it. It travels by value: a node without this package can say so itself."""

from typing import Any


def make_actor() -> type:
    """The class of the process. Inside a function Ray sends its code, not its name."""

    class Actor:
        def __init__(self) -> None:
            import socket

            import ray

            self.name = f"{socket.gethostname()} ({ray.util.get_node_ip_address()})"
            self.worker: Any = None

        def open(self) -> Any:
            """What came of it: a pair of a word and the node's name, or the reason."""
            try:
                from secondhalf.train.cluster.worker import TrainingWorker
            except ImportError as error:
                return ("missing", f"Node {self.name} has not the package secondhalf ({error})")
            self.worker = TrainingWorker(self.name)
            return ("ready", self.name)

        def call(self, method: str, *arguments: Any) -> Any:
            return getattr(self.worker, method)(*arguments)

    return Actor
