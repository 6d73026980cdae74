"""The replicas of a model's server that a run has on its cluster: started once, followed when they move, ended with the run.

A replica whose node dies is started on another by Ray, and the pool learns its new address. Ray ends them too where this
process is killed: they are no detached actors.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.server.replica import ReplicaFailedError, make_actor
from secondhalf.models.server.replica_settings import ReplicaSettings

_LOG = logging.getLogger(__name__)
_ASK_SECONDS = 10.0  # for the actor to say where its server is
_FOLLOW_SECONDS = 2.0
_READY_SECONDS = 5.0  # for one look at whether a server is ready
_STOP_SECONDS = 15.0
Moved = Callable[[str, str], None]
"""Called with a replica's address of before and its new one."""


class Replicas:
    """Replicas under one setting. `wait` returns their addresses; those that move later are told to all that `follow`."""

    def __init__(self, settings: ReplicaSettings) -> None:
        self._settings = settings
        self._urls: list[str] = [""] * settings.number
        self._errors: dict[int, str] = {}
        self._followers: list[Moved] = []
        self._done, self._changed = threading.Event(), threading.Condition()
        actor: Any = make_actor()
        # SPREAD: two on one node share its memory, and die together.
        placed = actor.options(
            num_cpus=settings.cores, num_gpus=settings.gpus, max_restarts=-1, scheduling_strategy="SPREAD"
        )
        self._actors = [placed.remote(settings, os.getcwd()) for _ in range(settings.number)]
        self._threads = [
            threading.Thread(target=self._follow_one, args=(index,), name=f"replica {index}", daemon=True)
            for index in range(settings.number)
        ]
        for thread in self._threads:
            thread.start()

    def wait(self) -> list[str]:
        """The addresses of all that are ready, as soon as the others are given up. Raises UserError where none is."""
        settings = self._settings
        with self._changed:
            self._changed.wait_for(
                lambda: all(url or index in self._errors for index, url in enumerate(self._urls)),
                settings.start_minutes * 60,
            )
            ready, errors = [url for url in self._urls if url], list(self._errors.values())
        if not ready:
            why = errors[-1] if errors else f"not ready within {settings.start_minutes:g} minutes (start_minutes)"
            raise UserError(
                f"server.replicas: no replica runs; {why}. Try its command on that node, look whether the cluster has the cores "
                "and GPUs for it (`ray status`), and start again."
            )
        if len(ready) < settings.number:
            _LOG.warning(
                "%d of %d replicas run%s; the run goes on with them.",
                len(ready),
                settings.number,
                "".join(f": {e}" for e in errors),
            )
        return ready

    def follow(self, moved: Moved) -> None:
        """Tells of replicas that move, or are ready late ("" is then their address of before), from here on."""
        self._followers.append(moved)

    def stop(self) -> None:
        """Ends all of them."""
        import ray

        self._done.set()
        for thread in self._threads:
            thread.join(_ASK_SECONDS + _READY_SECONDS)
        with suppress(Exception):  # the cluster may be gone, and they with it
            ray.wait(
                [actor.stop.remote() for actor in self._actors], num_returns=len(self._actors), timeout=_STOP_SECONDS
            )
        for actor in self._actors:
            with suppress(Exception):
                ray.kill(actor)

    def _follow_one(self, index: int) -> None:
        while True:
            try:
                self._look(index)
            except Exception as error:  # a node that is gone, an actor that waits for one
                _LOG.debug("replica %d: %s", index, error)
            if self._done.wait(_FOLLOW_SECONDS if self._urls[index] else _FOLLOW_SECONDS / 4):
                return

    def _look(self, index: int) -> None:
        import ray
        from ray import exceptions

        try:
            host, port = ray.get(self._actors[index].address.remote(), timeout=_ASK_SECONDS)
        except exceptions.GetTimeoutError:
            return
        except exceptions.RayTaskError as error:
            if isinstance(error.cause, ReplicaFailedError):
                self._fail(index, str(error.cause))
            return
        except exceptions.ActorDiedError as error:  # its class could not be made there
            self._fail(index, " ".join(str(error).split())[-300:])
            return
        url = f"http://{host}:{port}{self._settings.path}"
        if url != self._urls[index] and _is_ready(host, port, self._settings.ready_path):
            self._publish(index, url)

    def _fail(self, index: int, reason: str) -> None:
        with self._changed:
            if index not in self._errors:
                _LOG.warning("a replica is given up: %s", reason)
            self._errors[index] = reason
            self._changed.notify_all()

    def _publish(self, index: int, url: str) -> None:
        with self._changed:
            before, self._urls[index] = self._urls[index], url
            self._changed.notify_all()
        if before:
            _LOG.warning("a replica of %s is now at %s", before, url)
        for moved in self._followers:
            moved(before, url)


def _is_ready(host: str, port: int, path: str) -> bool:
    import http.client

    connection = http.client.HTTPConnection(host, port, timeout=_READY_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


_clusters: list[Callable[[], object] | None] = []
"""How the cluster of the run that is open is reached, last."""
_running: dict[str, Replicas] = {}
"""Those of the run that is open, by their settings: a teacher and a judge under one setting share them."""


@contextmanager
def replicas_on(connect: Callable[[], object] | None) -> Iterator[None]:
    """Replicas may be started meanwhile; all are ended afterwards. `connect`: reaches the run's cluster; None: it has none."""
    _clusters.append(connect)
    try:
        yield
    finally:
        _clusters.pop()
        while _running:
            _running.popitem()[1].stop()


def running_replicas(settings: ReplicaSettings) -> Replicas:
    """The replicas under these settings, started where they are not. Raises UserError outside of a run on a cluster."""
    connect = _clusters[-1] if _clusters else None
    if connect is None:
        raise UserError(
            "server.replicas: they are started on the cluster of a run: set engine: ray, or name the servers in server.urls."
        )
    key = settings.model_dump_json()
    if key not in _running:
        connect()
        _running[key] = Replicas(settings)
    return _running[key]
