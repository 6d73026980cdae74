"""The sample: the documents whose hash of text and seed comes first. What comes later cleans and reads these alone.

Memory follows the number of sampled documents, not the corpus nor their length. One text counts once, however often it occurs.
What cannot be read is a reject with its reason: all are counted, and up to 10,000 kept with the beginning of what stood there.
"""

import logging
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from heapq import merge

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from secondhalf.corpus.pool import scan_all
from secondhalf.corpus.readers.items import EXCERPT, printable
from secondhalf.corpus.scan import SampleCandidate, Section
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.shards import choose_shards, name_passed_over
from secondhalf.corpus.unreadable import refuse_unreadable
from secondhalf.rows import Document, Verdict, digest, to_table, with_reasons
from secondhalf.store import Stage
from secondhalf.store.files import make_folder
from secondhalf.store.workers import ALONE, Workers

# 2: the rank is a hash of the text, not of its id; rows that cannot be read are rejects; of equal texts the origin that
# sorts first is kept. 3: pages whole, with the short pieces of their sentences. 4: plain text in other encodings than UTF-8.
CORPUS_VERSION = (6,)
_ROWS = 10_000  # made into records at a time
_LOG = logging.getLogger(__name__)


def sample_documents(settings: CorpusSettings, seed: int, stage: Stage, workers: Workers = ALONE) -> dict[str, object]:
    """Writes the sample, the rejects and their verdicts, each ordered by id, as one part.

    Returns the counts: rows_in = rows + rejected + repeated + not_sampled, where `repeated` are further copies of the sampled
    texts; `passed_over` are the files below the path that are not read, by the end of their name, `encodings` what plain
    texts were in. Raises UserError for an empty corpus and for one that is mostly unreadable.

    >>> import secondhalf
    >>> from pathlib import Path
    >>> settings = secondhalf.load("recipes/quickstart.yaml", corpus={"sample": 40}).corpus
    >>> stage = secondhalf.Stage(Path("sample"))
    >>> counts = secondhalf.sample_documents(settings, 1, stage)
    >>> counts["rows"], stage.read().column_names
    (40, ['id', 'text', 'source', 'url', 'licence', 'language'])
    """
    chosen = choose_shards(settings)
    if chosen.passed_over:
        others = name_passed_over(chosen.passed_over)
        _LOG.info("corpus: %s files are read, %s are not (%s)", chosen.total, chosen.passed_over.total(), others)
    make_folder(stage.path)
    result = scan_all(chosen.shards, chosen.total, settings, seed, stage.path, workers)
    refuse_unreadable(result, settings)
    best = result.best
    seen = len(best) + best.repeats.total()
    groups = sorted(best.groups)
    ranks = [rank for group in groups for rank in sorted(best.groups[group])]
    group_of = np.repeat(np.arange(len(groups)), [len(best.groups[group]) for group in groups])
    ids, order = _ordered_ids(
        digest(best.row(groups[group], rank).text) for group, rank in zip(group_of, ranks, strict=True)
    )
    refused = sorted((digest("refused", item.location), item) for item in result.refused.rows())
    rejects = [Document(id, item.excerpt[:EXCERPT], settings.reader, printable(item.location)) for id, item in refused]
    failed = [Verdict(id, "readable", False, 0.0, printable(item.reason)[:EXCERPT]) for id, item in refused]
    stage.write("rejects", 0, with_reasons(to_table(Document, rejects), failed))
    # A shard of records at a time: a million small documents as records and as tables would be held twice.
    shards = [order[start : start + _ROWS] for start in range(0, max(len(order), 1), _ROWS)]
    stage.write("verdicts", 0, _verdicts((ids[shard] for shard in shards), failed))

    def take(index: int) -> Document:
        group = groups[group_of[index]]
        return _document(ids[index].decode(), best.pop(group, ranks[index]), settings, group)

    stage.write("part", 0, (to_table(Document, map(take, shard.tolist())) for shard in shards))
    rejected, repeated = result.reasons.total(), seen - len(order)
    return {
        "rows_in": result.rows,
        "rows": len(order),
        "rejected": rejected,
        "reasons": dict(result.reasons.most_common()),
        "repeated": repeated,
        "not_sampled": result.rows - len(order) - rejected - repeated,
        "shards_read": len(chosen.shards),
        "shards": chosen.total,
        "passed_over": dict(chosen.passed_over.most_common()),
        "encodings": dict(result.encodings.most_common()),
    }


def _verdicts(shards: Iterable[NDArray[np.bytes_]], failed: list[Verdict]) -> Iterator[pa.Table]:
    """The verdicts on the sampled ids and the failed ones, both by id, as tables that are by id together."""
    start = 0
    for ids in shards:
        passed = [Verdict(id.decode(), "readable", True, 1.0) for id in ids.tolist()]
        end = bisect_left(failed, passed[-1].id, start, key=_id) if passed else start
        yield to_table(Verdict, merge(failed[start:end], passed, key=_id))
        start = end
    yield to_table(Verdict, failed[start:])


def _id(verdict: Verdict) -> str:
    return verdict.id


def _ordered_ids(digests: Iterator[str]) -> tuple[NDArray[np.bytes_], NDArray[np.intp]]:
    """The ids as an array, and the order of the rows that stay: by id, the first of those that have the same.

    So one text in two groups belongs to the group that sorts first.
    """
    ids = np.fromiter(digests, dtype="S32")
    order = np.argsort(ids, kind="stable")
    first = np.ones(len(order), bool)
    first[1:] = ids[order[1:]] != ids[order[:-1]]
    return ids, order[first]


def _document(id: str, candidate: SampleCandidate, settings: CorpusSettings, group: str) -> Document:
    """The candidate as a document. Whatever else stands in its row may hold anything, so it is made printable."""
    item, number = (candidate.item, candidate.number) if isinstance(candidate, Section) else (candidate, 0)
    source, url = item.source or settings.reader, f"{item.url or item.location}#{number}"
    language = group if settings.per == "language" else item.language
    origin = (source, url, item.licence or settings.licence, language)
    return Document(id, candidate.text, *(printable(value) for value in origin))
