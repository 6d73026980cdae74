"""Room on a cluster for workers that belong together: they start at once, spread over the nodes, or not at all."""

import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any

from secondhalf.errors import UserError

_LOG = logging.getLogger(__name__)
_MISSING_SECONDS = 60.0  # so long nodes may be missing, as when one starts again, before fewer workers do
_LOOK_SECONDS = 2.0


def workers_of(nodes: Iterable[Mapping[str, float]], wanted: int) -> tuple[int, dict[str, float]]:
    """How many of the `wanted` workers these nodes hold at once, and what each of them takes. `nodes`: the resources of each.

    A GPU each where there are any; else all take the same number of cores, so many that the smallest node holds its share.
    """
    usable = [node for node in nodes if node.get("CPU", 0) >= 1]
    if gpus := sum(int(min(node.get("GPU", 0), node["CPU"])) for node in usable):
        return min(wanted, gpus), {"GPU": 1, "CPU": 1}
    if not usable:
        return 0, {}
    on_each = -(-wanted // len(usable))
    cores = max(1, int(min(node["CPU"] for node in usable)) // on_each)
    return min(wanted, sum(int(node["CPU"]) // cores for node in usable)), {"CPU": cores}


def workers_apart(nodes: Iterable[Mapping[str, float]], wanted: int) -> tuple[int, dict[str, float]]:
    """As `workers_of`, for workers that do not wait for one another: without GPUs one a node at most, which has its cores."""
    listed = list(nodes)
    gpus = any(node.get("GPU", 0) for node in listed)
    return workers_of(listed, wanted if gpus else min(wanted, sum(node.get("CPU", 0) >= 1 for node in listed)))


class Room:
    """Room for `count` workers, each of which takes `resources`; `close` gives it back."""

    def __init__(self, wanted: int, least: int, seconds: float) -> None:
        """For `wanted` workers, or, where nodes are missing for a minute, for fewer, `least` at the least.

        Raises UserError where there is no such room, or others take it for so many `seconds`.
        """
        from ray.util.placement_group import placement_group

        begun, self._group = time.monotonic(), None
        while True:
            self.count, self.resources = _on_cluster(wanted)
            if self.count < wanted and time.monotonic() - begun < _MISSING_SECONDS:
                time.sleep(_LOOK_SECONDS)
                continue
            if self.count < least:
                raise UserError(
                    f"The Ray cluster has room for {self.count} of {wanted} workers that train, and {least} are needed: start "
                    "nodes (`ray start --address=HOST:PORT`) and run again, or lower train.processes; what was done is kept."
                )
            if self.count < wanted:
                _LOG.warning(
                    "the Ray cluster has room for %d of %d workers that train: they begin without the others",
                    self.count, wanted,
                )  # fmt: skip
            self._group = placement_group([self.resources] * self.count, strategy="SPREAD")
            while not self._group.wait(_LOOK_SECONDS):
                if time.monotonic() - begun > seconds:
                    self.close()
                    raise self._busy(seconds)
                if _on_cluster(wanted)[0] < self.count:  # a node was lost meanwhile
                    break
            else:
                return
            self.close()

    def _busy(self, seconds: float) -> UserError:
        each = " and ".join(f"{count:g} {name}" for name, count in self.resources.items())
        return UserError(
            f"The Ray cluster's nodes are busy: {self.count} workers that train found no place of {each} each within "
            f"{seconds / 60:g} minutes: wait for what runs there (`ray status`), or lower train.processes."
        )

    def options(self, index: int) -> dict[str, Any]:
        """Ray's options for the worker of that number."""
        from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

        strategy = PlacementGroupSchedulingStrategy(self._group, placement_group_bundle_index=index)
        return {
            "scheduling_strategy": strategy,
            "num_cpus": self.resources["CPU"],
            "num_gpus": self.resources.get("GPU", 0),
        }

    def close(self) -> None:
        """Gives the room back."""
        from ray.util.placement_group import remove_placement_group

        if self._group is not None:
            remove_placement_group(self._group)
        self._group = None


def _on_cluster(wanted: int) -> tuple[int, dict[str, float]]:
    import ray

    return workers_of((node["Resources"] for node in ray.nodes() if node["Alive"]), wanted)
