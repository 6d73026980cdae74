"""`Workers` on a Ray cluster: connected when the first stage needs them, and until the run ends."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from secondhalf.store.cluster.connection import connect, disconnect
from secondhalf.store.cluster.pool import RayPool
from secondhalf.store.cluster.settings import ClusterSettings
from secondhalf.store.workers import Workers

_COUNT_SECONDS = 2.0  # so long a count of the cluster's cores stands: a node that joins later gets parts too


class RayWorkers(Workers):
    """The cores of a cluster's nodes. Raises UserError, when they are first needed, where there is no such cluster."""

    on_cluster = True

    def __init__(self, settings: ClusterSettings) -> None:
        super().__init__()
        self.settings = settings
        self._connected = self._ours = False
        self._counted = float("-inf")
        self._held: tuple[object, Any] | None = None

    @property
    def count(self) -> int:
        self.connect()
        if time.monotonic() - self._counted > _COUNT_SECONDS:
            self._count, self._counted = max(cluster_cores(), 1), time.monotonic()
        return self._count

    @property
    def for_light_work(self) -> Workers:
        return self

    def pays(self, parts: int) -> bool:
        return parts > 0

    def pool(self) -> AbstractContextManager[RayPool]:
        self.connect()
        self.free()
        return RayPool(self.settings.part_minutes * 60)

    def hold(self, key: object, make: Callable[[], Any]) -> Any:
        """What has the cluster's cores until somebody else needs them, made where none of this key has them; `free` closes it."""
        self.connect()
        if self._held is None or self._held[0] != key:
            self.free()
            self._held = (key, make())
        return self._held[1]

    def free(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held[1].close()

    def close(self) -> None:
        self.free()
        if self._ours:
            disconnect()
        self._connected = self._ours = False

    def connect(self) -> None:
        """Connects this process to the cluster, once. Raises UserError where there is none."""
        if not self._connected:
            self._ours = connect(self.settings.address)
            self._connected = True


def cluster_cores() -> int:
    """The cores of all nodes that are alive."""
    import ray

    return int(sum(node["Resources"].get("CPU", 0) for node in ray.nodes() if node["Alive"]))
