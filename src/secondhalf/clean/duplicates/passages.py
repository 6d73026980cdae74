"""Refuses a document of which too much also stands in a document before it, in the order of ids.

A passage is a run of at least 50 words (100 characters in a script without spaces), compared as `fold` folds it. Runs are
compared by 64-bit hashes, which are not verified: among 6 * 10^8 runs about 0.01 pairs collide, and one would add a run to
a share. They are sorted a range of hashes at a time, 17 million in about 300 MB; beyond that, memory grows with what is
repeated only. A million documents of 600 words are read 37 times.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from pydantic import Field

from secondhalf.clean.duplicates.fold import Indices, unit_span
from secondhalf.clean.duplicates.units import U64, Hashes, batches, hash_runs, hash_units, sorted_unique
from secondhalf.clean.rule import above
from secondhalf.rows import Document, Verdict
from secondhalf.settings import Settings

_RUNS_AT_A_TIME = 1 << 24


class PassageSettings(Settings):
    """Passages that stand in several documents of the sample."""

    enabled: bool = True
    """Whether duplicate passages are looked for."""

    words: int = Field(50, ge=5)
    """Shortest passage in words. Lee et al. (arXiv 2107.06499) take 50 tokens."""

    characters: int = Field(100, ge=10)
    """Shortest passage in characters, in a script without spaces: about two to a word. Ours."""

    max_share: float = Field(0.5, ge=0, le=1)
    """Largest share of a document's words in passages of earlier documents. Ours: Lee et al. cut passages out, we keep
    texts whole."""


def check_passages(documents: Sequence[Document], settings: PassageSettings) -> list[Verdict]:
    """A verdict for each document, in the order given. Score: the share of its words in passages of earlier documents.

    The span is the first such passage, also when the document passes.
    """
    order = sorted(range(len(documents)), key=lambda index: documents[index].id)
    ids, texts = [documents[index].id for index in order], [documents[index].text for index in order]
    verdicts = [unrepeated(document.id) for document in documents]
    for place, verdict in find_passages(ids, texts, settings).items():
        verdicts[order[place]] = verdict
    return verdicts


def find_passages(ids: Sequence[str], texts: Sequence[str], settings: PassageSettings) -> dict[int, Verdict]:
    """For documents in the order of their ids: by index, the verdicts on those with a passage of an earlier one."""
    if not settings.enabled:
        return {}
    counts, sizes = _measure(texts, settings)
    rows, starts, sources = repeated_runs(texts, counts, sizes)
    bounds = np.append(np.flatnonzero(np.diff(rows, prepend=-1)), len(rows)).tolist()
    verdicts = {}
    for first, last in pairwise(bounds):
        row = int(rows[first])
        size, steps = int(sizes[row]), np.diff(starts[first:last])
        share = float((np.minimum(steps, size).sum() + size) / counts[row])
        gaps = np.flatnonzero(steps > size)
        end = int(starts[first + gaps[0]] if len(gaps) else starts[last - 1]) + size
        start, end = unit_span(texts[row], int(starts[first]), end - 1)
        passed = share <= settings.max_share
        reason = ""
        if not passed:
            source = ids[int(sources[first])]
            reason = above(f"duplicate passages: of {source}", share, settings.max_share, "clean.passages.max_share")
        verdicts[row] = Verdict(ids[row], "passages", passed, share, reason, start, end)
    return verdicts


def unrepeated(id: str) -> Verdict:
    """The verdict on a document without a passage of another one."""
    return Verdict(id, "passages", True, 0.0)


def repeated_runs(texts: Sequence[str], counts: Indices, sizes: Indices) -> tuple[Indices, Indices, Indices]:
    """Every run that also stands in an earlier text: the index of its text, of its first unit, and of the earliest such text.

    Ordered by text and unit. `counts` and `sizes` say how many units each text has, and how many make a run there.
    """
    parts = 1 + int(counts.sum()) // _RUNS_AT_A_TIME
    shared = np.concatenate([_shared(texts, sizes, part, parts) for part in range(parts)])
    shared.sort()
    earliest = np.full(len(shared), len(texts), np.int32)
    nothing: Indices = np.empty(0, np.int32)
    later_runs = [(nothing, nothing, nothing)]
    for hashes, all_rows, all_starts in _runs(texts, sizes) if len(shared) else ():
        keys = np.minimum(np.searchsorted(shared, hashes), len(shared) - 1)
        chosen = np.flatnonzero(shared[keys] == hashes)
        keys, rows, starts = keys[chosen], all_rows[chosen].astype(np.int32), all_starts[chosen].astype(np.int32)
        # Texts come in their order, so that by now the earliest with each of these runs is known.
        np.minimum.at(earliest, keys, rows)
        later = np.flatnonzero(rows > earliest[keys])
        later_runs.append((rows[later], starts[later], earliest[keys[later]]))
    del shared, earliest
    rows, starts, sources = (np.concatenate(column) for column in zip(*later_runs, strict=True))
    # A text's runs stand together and in order; a batch in which some texts are without spaces has theirs last.
    order = np.argsort(rows, kind="stable")
    return rows[order], starts[order], sources[order]


def _shared(texts: Sequence[str], sizes: Indices, part: int, parts: int) -> Hashes:
    """The hashes in one of the ranges that occur more than once."""
    pieces = [np.empty(0, U64)]
    for hashes, _, _ in _runs(texts, sizes):
        pieces.append(hashes[(hashes >> U64(32)) * U64(parts) >> U64(32) == part])
    ordered = np.concatenate(pieces)
    ordered.sort()
    return sorted_unique(ordered[1:][ordered[1:] == ordered[:-1]])


def _runs(texts: Sequence[str], sizes: Indices) -> Iterator[tuple[Hashes, Indices, Indices]]:
    """Hashes of all runs, batch by batch, with the index of each one's text and of its first unit."""
    for batch in batches(texts):
        units = hash_units(texts[batch])
        starts = units.ends - units.counts
        for size in sorted_unique(sizes[batch]).tolist():
            hashes, rows = hash_runs(units, size)
            chosen = np.flatnonzero(np.append(sizes[batch] == size, False)[rows])
            rows = rows[chosen]
            yield hashes[chosen], rows + batch.start, chosen - starts[rows]


def _measure(texts: Sequence[str], settings: PassageSettings) -> tuple[Indices, Indices]:
    """How many units each text has, and how many make a run there."""
    counts, sizes = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.int64)
    for batch in batches(texts):
        units = hash_units(texts[batch])
        counts[batch] = units.counts
        sizes[batch] = np.where(units.spaceless, settings.characters, settings.words)
    return counts, sizes
