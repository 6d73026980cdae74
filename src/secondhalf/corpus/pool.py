"""Scans shards here, in a process a core or on a cluster, and shows the progress. Where they are scanned decides nothing.

A free process gets the next shard, with the bounds known so far; what it returns is already cut to the best.
"""

import errno
import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Self

from secondhalf.corpus.best import BestRows
from secondhalf.corpus.readers.items import Shard
from secondhalf.corpus.readers.stream import is_url
from secondhalf.corpus.scan import SampleCandidate, ScanResult, scan_shard
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.spilled import SpilledRows
from secondhalf.corpus.unreadable import is_unreadable, refuse_unreadable
from secondhalf.errors import UserError
from secondhalf.progress import Progress
from secondhalf.store.workers import ALONE, Workers, cores

PARALLEL_FROM_BYTES = 200_000_000  # from here on starting processes pays


def scan_all(
    shards: list[Shard], total: int, settings: CorpusSettings, seed: int, folder: Path, workers: Workers = ALONE
) -> ScanResult:
    """What all shards together hold; `total` is the number of shards of the corpus, scanned or not. The sample's texts stand
    in an unnamed file of `folder`.

    `workers` count where they are a cluster; on this machine `corpus.workers` does.
    Raises UserError as soon as it is plain that nothing can be read, and when a reading process is killed.
    """
    result = ScanResult(SpilledRows(settings.sample, settings.shares, folder))
    if not workers.on_cluster:
        workers = Workers(_process_count(shards, settings))
    elif _in_one_process(settings):
        workers = ALONE
    with _ScanProgress(shards, total, settings) as progress:
        if workers.pays(2 * len(shards)):
            for part, shard in _scan_in_processes(workers, shards, settings, seed, result.best):
                result.merge(part)
                progress.finish(shard, result)
        else:
            for shard in shards:
                scan_shard(shard, settings, seed, result, progress.of_shard(shard))
                progress.finish(shard, result)
    result.best.prune()
    result.refused.prune()
    return result


def _process_count(shards: list[Shard], settings: CorpusSettings) -> int:
    if _in_one_process(settings):
        return 1
    is_large = sum(max(shard.size, 0) for shard in shards) >= PARALLEL_FROM_BYTES
    return min(len(shards), settings.workers or (cores() if is_large else 1))


def _in_one_process(settings: CorpusSettings) -> bool:
    """The first documents come in order, and some things live in one process only."""
    alone = settings.reader in {"hub", "pydoc"} or settings.path.startswith("memory://")
    return alone or bool(settings.scan_limit)


def _scan_in_processes(
    workers: Workers, shards: list[Shard], settings: CorpusSettings, seed: int, best: BestRows[SampleCandidate]
) -> Iterator[tuple[ScanResult, Shard]]:
    # The largest first, so that none of them is left alone at the end.
    waiting = sorted(shards, key=lambda shard: shard.size)
    running: dict[Future[ScanResult], Shard] = {}
    scan = partial(_scan_alone, same_files=workers.on_cluster)
    with workers.pool() as pool:
        try:
            while waiting or running:
                while waiting and len(running) < workers.count:
                    shard = waiting.pop()
                    running[pool.submit(scan, shard, settings, seed, dict(best.bounds))] = shard
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    yield future.result(), running.pop(future)
        except BrokenProcessPool as error:
            raise UserError("A reading process was killed: lower corpus.workers if memory is short.") from error


def _scan_alone(
    shard: Shard, settings: CorpusSettings, seed: int, bounds: dict[str, bytes], *, same_files: bool = False
) -> ScanResult:
    """`same_files`: OSError for a local file that is not there as the run's own machine has it; else it would be a reject."""
    if same_files and not is_url(shard.path) and shard.size > 0:
        path = shard.path.removeprefix("file://")
        if os.stat(path).st_size != shard.size:
            raise OSError(errno.ESTALE, "is another file than on the machine of the run", path)
    result = ScanResult(BestRows(settings.sample, settings.shares))
    result.best.bounds.update(bounds)
    scan_shard(shard, settings, seed, result, lambda _: None)
    result.best.prune()
    result.refused.prune()
    return result


class _ScanProgress:
    """The progress: bytes with an ETA where the sizes are known, else documents; and when to give up."""

    def __init__(self, shards: list[Shard], total: int, settings: CorpusSettings) -> None:
        files = f" ({len(shards)} of {total} files)" if len(shards) < total else ""
        self._settings, self._start = settings, monotonic()
        self._by_bytes = not settings.scan_limit and bool(shards) and all(shard.size for shard in shards)
        megabytes = sum(max(shard.size, 0) for shard in shards) // 1_000_000
        length = megabytes if self._by_bytes else settings.scan_limit or 0
        self._bar = Progress(f"corpus{files}", length, "MB" if self._by_bytes else "documents")
        self._finished_bytes = self._shown = 0

    def of_shard(self, shard: Shard) -> Callable[[ScanResult], None]:
        """What to call now and then while a shard is read."""
        return lambda result: self._show(result, self._finished_bytes + shard.bytes_read)

    def finish(self, shard: Shard, result: ScanResult) -> None:
        """Counts a shard as read."""
        self._finished_bytes += max(shard.size, 0)
        self._show(result, self._finished_bytes)

    def _show(self, result: ScanResult, bytes_read: int) -> None:
        position = bytes_read // 1_000_000 if self._by_bytes else result.documents
        rate = round(result.documents / max(monotonic() - self._start, 1e-3))
        figures = {"refused": f"{result.reasons.total():,}"}
        if self._by_bytes:
            figures = {"documents": f"{result.documents:,}", "documents/s": f"{rate:,}"} | figures
        self._bar.advance(max(position - self._shown, 0), **figures)
        self._shown = max(position, self._shown)
        if is_unreadable(result):
            refuse_unreadable(result, self._settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.__exit__(None, None, None)
