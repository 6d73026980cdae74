"""Scans shards here or in a process a core, and tells the progress. The number of processes decides nothing.

Shards go to whoever is free, with the bounds found so far; what a process returns is already cut to the best.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from time import monotonic
from typing import Self

from secondhalf.corpus.best import Best
from secondhalf.corpus.judge import hopeless, judge
from secondhalf.corpus.readers.items import Shard
from secondhalf.corpus.scan import Found, Taken, scan
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError
from secondhalf.progress import Progress

WORTH = 200_000_000  # bytes from which on starting processes pays


def scan_all(shards: list[Shard], there: int, settings: CorpusSettings, seed: int) -> Found:
    """What all shards together hold. Raises UserError as soon as it is plain that nothing can be read."""
    found = Found(Best(settings.sample, settings.shares))
    count = _processes(shards, settings)
    with _Told(shards, there, settings) as told:
        if count > 1:
            for part, shard in _in_processes(count, shards, settings, seed, found.best):
                found.merge(part)
                told.finished(shard, found)
        else:
            for shard in shards:
                scan(shard, settings, seed, found, told.reading(shard))
                told.finished(shard, found)
    found.best.prune()
    found.refused.prune()
    return found


def _processes(shards: list[Shard], settings: CorpusSettings) -> int:
    """How many processes to use: the first documents come in order, and some things live in one process only."""
    if settings.scan_limit or settings.reader in {"hub", "pydoc"} or settings.path.startswith("memory://"):
        return 1
    worth = sum(max(shard.size, 0) for shard in shards) >= WORTH
    return min(len(shards), settings.workers or (len(os.sched_getaffinity(0)) if worth else 1))


def _in_processes(
    count: int, shards: list[Shard], settings: CorpusSettings, seed: int, best: Best[Taken]
) -> Iterator[tuple[Found, Shard]]:
    # The largest first, so that none of them is left alone at the end.
    waiting = sorted(shards, key=lambda shard: shard.size)
    running: dict[Future[Found], Shard] = {}
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        try:
            while waiting or running:
                while waiting and len(running) < count:
                    shard = waiting.pop()
                    running[pool.submit(_scan_alone, shard, settings, seed, dict(best.bounds))] = shard
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    yield done.result(), running.pop(done)
        except BrokenProcessPool as error:
            raise UserError("A reading process was killed: lower corpus.workers if memory is short.") from error


def _scan_alone(shard: Shard, settings: CorpusSettings, seed: int, bounds: dict[str, bytes]) -> Found:
    found = Found(Best(settings.sample, settings.shares))
    found.best.bounds.update(bounds)
    scan(shard, settings, seed, found, lambda _: None)
    found.best.prune()
    found.refused.prune()
    return found


class _Told:
    """The progress: bytes with an ETA where the sizes are known, else documents; and when to give up."""

    def __init__(self, shards: list[Shard], there: int, settings: CorpusSettings) -> None:
        of = f" ({len(shards)} of {there} files)" if len(shards) < there else ""
        self._settings, self._start = settings, monotonic()
        self._bytes = not settings.scan_limit and bool(shards) and all(shard.size for shard in shards)
        total = sum(max(shard.size, 0) for shard in shards) // 1_000_000 if self._bytes else settings.scan_limit or 0
        self._bar = Progress(f"corpus{of}", total, "MB" if self._bytes else "documents")
        self._passed = self._shown = 0

    def reading(self, shard: Shard) -> Callable[[Found], None]:
        """What to call now and then while a shard is read."""
        return lambda found: self._show(found, self._passed + shard.done)

    def finished(self, shard: Shard, found: Found) -> None:
        """A shard is read."""
        self._passed += max(shard.size, 0)
        self._show(found, self._passed)

    def _show(self, found: Found, done: int) -> None:
        now = done // 1_000_000 if self._bytes else found.documents
        each = round(found.documents / max(monotonic() - self._start, 1e-3))
        figures = {"refused": f"{found.reasons.total():,}"}
        if self._bytes:
            figures = {"documents": f"{found.documents:,}", "documents/s": f"{each:,}"} | figures
        self._bar.advance(max(now - self._shown, 0), **figures)
        self._shown = max(now, self._shown)
        if hopeless(found):
            judge(found, self._settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.__exit__(None, None, None)
