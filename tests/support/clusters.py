"""Ray clusters on this machine for tests: nodes of one core each, small stores, nothing sent, nothing left behind."""

import inspect
import json
import os
import random
import socket
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from secondhalf.rows import digest

# Before anything imports Ray.
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
os.environ["RAY_AUTH_MODE"] = "disabled"
_STORE_BYTES = 80_000_000
_PORTS = ("metrics_agent_port", "metrics_export_port", "dashboard_agent_listen_port")


@contextmanager
def cluster_of(nodes: int) -> Iterator[Any]:
    """A `ray.cluster_utils.Cluster` whose head has no core of its own, so that every other node may die."""
    import ray
    from ray.cluster_utils import Cluster

    cluster = Cluster()
    try:
        add_node(cluster, cores=0, include_dashboard=False)
        for _ in range(nodes - 1):
            add_node(cluster)
        cluster.wait_for_nodes()
        yield cluster
    finally:
        ray.shutdown()
        cluster.shutdown()


def add_node(cluster: Any, cores: int = 1, **options: Any) -> Any:
    """One more node, with as few processes of Ray's own as it can do with."""
    with _patience():
        return cluster.add_node(
            num_cpus=cores,
            object_store_memory=_STORE_BYTES,
            runtime_env_agent_port=_free_port(),
            include_log_monitor=False,
            no_monitor=True,
            **options,
        )


def _free_port() -> int:
    """Below those that the system hands out by itself: until Ray listens there, another process would be handed it."""
    while True:
        with suppress(OSError), socket.create_server(("", random.randrange(20_000, 32_000))) as one:
            return int(one.getsockname()[1])


@contextmanager
def _patience() -> Iterator[None]:
    """Ray gives a node's agents 15 seconds to say at which ports they listen, which a busy machine may not keep: so that is said
    for them (at none, as Ray's smallest installation has it); and it gives a node 30 seconds to come up, here four times that."""
    from ray._private import services
    from ray._raylet import persist_port

    ask, start, first = services.get_node, services.start_raylet, time.monotonic()

    def get_node(*arguments: Any) -> Any:
        while True:
            try:
                return ask(*arguments)
            except RuntimeError:
                if time.monotonic() - first > 120:
                    raise
                time.sleep(0.5)

    def start_raylet(redis: str, head: str, node: str, *arguments: Any, **named: Any) -> Any:
        session = inspect.signature(start).bind(redis, head, node, *arguments, **named).arguments["session_dir"]
        for port in _PORTS:
            persist_port(session, node, port, -1)
        return start(redis, head, node, *arguments, **named)

    services.get_node, services.start_raylet = get_node, start_raylet
    try:
        yield
    finally:
        services.get_node, services.start_raylet = ask, start


def write_corpus(folder: Path, files: int = 3) -> Path:
    """Python's help topics in JSONL files, with some texts twice and some nearly so. Returns the folder."""
    from pydoc_data.topics import topics

    folder.mkdir()
    texts = [topics[name] for name in sorted(topics)]
    texts += [text.replace("the", "that", 1) for text in texts[:40]] + texts[10:20]
    for number in range(files):
        lines = [json.dumps({"text": text, "url": digest(text)[:8]}) for text in texts[number::files]]
        (folder / f"{number}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def tables(store: Path) -> dict[str, bytes]:
    """Every table of a store: STAGE/KEY/FILE and its bytes."""
    return {str(path.relative_to(store)): path.read_bytes() for path in sorted(store.rglob("*.parquet"))}


def kill_during(names: Iterable[str], cluster: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A node is killed while the third call of each of these functions is under way, and another one joins.

    The list that is returned holds, once that has happened, the functions' names.
    """
    from secondhalf.store.cluster.pool import RayPool

    submit, seen, killed = RayPool.submit, Counter[str](), list[str]()

    def counted(self: RayPool, function: Any, /, *arguments: Any) -> Any:
        future = submit(self, function, *arguments)
        name = getattr(function, "func", function).__name__
        seen[name] += 1
        if name in names and seen[name] == 3:
            killed.append(name)
            cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)
            add_node(cluster)
        return future

    monkeypatch.setattr(RayPool, "submit", counted)
    return killed
