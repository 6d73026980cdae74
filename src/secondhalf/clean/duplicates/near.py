"""Refuses a document that another one before it, in the order of ids, repeats or nearly repeats.

Exact duplicates first (of the folded text), then the pairs that MinHash proposes, each verified by the exact Jaccard
similarity of the two sets of shingles. Whether the earlier document was itself refused does not matter: no chains, so
the answer depends on neither order nor shards. For a million documents the sketches take 512 MB and the sort of a band
some 50 MB at a time.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from secondhalf.clean.duplicates.bands import candidates
from secondhalf.clean.duplicates.fold import Flags, Indices, fold_texts
from secondhalf.clean.duplicates.shingles import jaccard
from secondhalf.clean.duplicates.signatures import Signatures, SignatureSettings, compute_all_signatures, units_of
from secondhalf.clean.duplicates.units import sorted_unique
from secondhalf.rows import Document, Verdict
from secondhalf.store.workers import ALONE, Workers

_PAIRS = 64


class NearDuplicateSettings(SignatureSettings):
    """Near-duplicate documents in the sample."""

    enabled: bool = True
    """Whether near-duplicates are looked for."""

    threshold: float = Field(0.8, gt=0, le=1)
    """Least Jaccard similarity of two sets of shingles. 0.8 as Gopher (arXiv 2112.11446, A.1.1) and Lee et al.
    (arXiv 2107.06499) have it; FineWeb (arXiv 2406.17557) aims at 0.75."""

    recall: float = Field(0.95, gt=0, lt=1)
    """Least probability that a pair at the threshold is proposed. With 0.8 and 128: 18 bands of 7, which propose 98.6 %
    of such pairs, and more of closer ones. Ours."""


def check_near_duplicates(documents: Sequence[Document], settings: NearDuplicateSettings) -> list[Verdict]:
    """A verdict for each document, in the order given. Score: the similarity to the earliest document it repeats, or 0."""
    order = sorted(range(len(documents)), key=lambda index: documents[index].id)
    ids, texts = [documents[index].id for index in order], [documents[index].text for index in order]
    verdicts = [unique(document.id) for document in documents]
    for place, verdict in find_near_duplicates(ids, texts, settings).items():
        verdicts[order[place]] = verdict
    return verdicts


def find_near_duplicates(
    ids: Sequence[str], texts: Sequence[str], settings: NearDuplicateSettings, workers: Workers = ALONE
) -> dict[int, Verdict]:
    """For documents in the order of their ids: by index, the verdicts on those that repeat an earlier one."""
    if not settings.enabled:
        return {}
    signatures = compute_all_signatures(texts, settings, workers)
    earlier, scores, exact = match_earlier(texts, signatures, settings, workers)
    verdicts = {}
    for index in np.flatnonzero(earlier >= 0).tolist():
        reason = f"duplicate: of {ids[int(earlier[index])]}"
        if not exact[index]:
            alike = f"{scores[index]:.2f} alike, {settings.threshold:g} is the limit (clean.near_duplicates.threshold)"
            reason = f"near-duplicate: of {ids[int(earlier[index])]}, {alike}"
        verdicts[index] = Verdict(ids[index], "near_duplicate", False, float(scores[index]), reason)
    return verdicts


def unique(id: str) -> Verdict:
    """The verdict on a document that repeats no other one."""
    return Verdict(id, "near_duplicate", True, 0.0)


def match_earlier(
    texts: Sequence[str], signatures: Signatures, settings: NearDuplicateSettings, workers: Workers = ALONE
) -> tuple[Indices, NDArray[np.float64], Flags]:
    """For texts in hash order: the index of the earliest one each repeats (-1: none), the similarity, and whether exactly.

    A text without units repeats nothing.
    """
    earlier = _exact_duplicates(texts, signatures)
    exact = earlier >= 0
    scores = exact.astype(np.float64)
    single = np.flatnonzero((signatures.counts > 0) & ~exact)
    later, other = candidates(signatures.sketches, single, settings.threshold, settings.recall, workers)
    while len(later):
        # The earliest candidate of each document; the next ones only for those that it did not match.
        first = np.flatnonzero(np.diff(later, prepend=-1))
        for start in range(0, len(first), _PAIRS):
            one, two = later[first[start : start + _PAIRS]], other[first[start : start + _PAIRS]]
            indices = sorted_unique(np.concatenate((one, two)))
            pairs = zip(np.searchsorted(indices, one).tolist(), np.searchsorted(indices, two).tolist(), strict=True)
            similarities = jaccard(units_of(indices, texts, signatures), list(pairs), settings)
            near = similarities >= settings.threshold
            earlier[one[near]], scores[one[near]] = two[near], similarities[near]
        rest = earlier[later] < 0
        rest[first] = False
        later, other = later[rest], other[rest]
    return earlier, scores, exact


def _exact_duplicates(texts: Sequence[str], signatures: Signatures) -> Indices:
    """For texts in hash order: the index of the first one with the same units in the same order (-1: none)."""
    earlier = np.full(len(texts), -1)
    ordered = np.sort(signatures.digests)
    repeated = sorted_unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(repeated):
        return earlier
    keys = np.minimum(np.searchsorted(repeated, signatures.digests), len(repeated) - 1)
    first: dict[int, int] = {}
    for index in np.flatnonzero((repeated[keys] == signatures.digests) & (signatures.counts > 0)).tolist():
        other = first.setdefault(int(keys[index]), index)
        if other < index and fold_texts([texts[other]])[0].split() == fold_texts([texts[index]])[0].split():
            earlier[index] = other
    return earlier
