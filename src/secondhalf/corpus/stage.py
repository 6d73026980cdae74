"""Draws the sample: the documents whose hash of text and seed comes first (DESIGN: sampling first).

Memory follows the sample, not the corpus. One text counts once, however often it occurs. What cannot be read is a reject
with its reason: all are counted, and up to 10,000 are kept with the beginning of what stood there.
"""

from typing import Any

from secondhalf.corpus.judge import judge
from secondhalf.corpus.pool import scan_all
from secondhalf.corpus.readers.items import EXCERPT, printable
from secondhalf.corpus.scan import Taken
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.shards import chosen
from secondhalf.rows import Document, Verdict, digest, to_table, with_reasons
from secondhalf.store import Stage

# 2: the rank is a hash of the text, not of its id; rows that cannot be read are rejects; of equal texts the origin that
# sorts first is kept.
CORPUS_VERSION = 2


def deciding_settings(settings: CorpusSettings, seed: int) -> dict[str, Any]:
    """What decides the stage: the number of processes does not."""
    return {**settings.model_dump(mode="json", exclude={"workers"}), "seed": seed}


def sample_documents(settings: CorpusSettings, seed: int, stage: Stage) -> dict[str, Any]:
    """Writes the sample, the rejects and their verdicts, each ordered by id, as one part.

    Returns the counts: rows_in = rows + rejected + repeated + not_sampled, where `repeated` are further copies of the
    sampled texts. Raises UserError for an empty corpus and for one that is mostly unreadable.
    """
    shards, there = chosen(settings)
    found = scan_all(shards, there, settings, seed)
    judge(found, settings)
    sampled: dict[str, Document] = {}
    for (group, _), entry in sorted(found.best.held.items()):
        document = _document(entry.row, settings, group)
        sampled.setdefault(document.id, document)  # one text in two groups: the group that sorts first has it
    repeated = sum(entry.copies for entry in found.best.held.values()) - len(sampled)
    rows = [sampled[row] for row in sorted(sampled)]
    refused = sorted((digest("refused", entry.row.place), entry.row) for entry in found.refused.held.values())
    rejects = [Document(row, item.excerpt[:EXCERPT], settings.reader, printable(item.place)) for row, item in refused]
    failed = [Verdict(row, "readable", False, 0.0, printable(item.reason)[:EXCERPT]) for row, item in refused]
    passed = [Verdict(document.id, "readable", True, 1.0) for document in rows]
    stage.write("rejects", 0, with_reasons(to_table(Document, rejects), failed))
    stage.write("verdicts", 0, to_table(Verdict, sorted(failed + passed, key=lambda verdict: verdict.id)))
    stage.write("part", 0, to_table(Document, rows))
    rejected = found.reasons.total()
    return {
        "rows_in": found.rows,
        "rows": len(rows),
        "rejected": rejected,
        "reasons": dict(found.reasons.most_common()),
        "repeated": repeated,
        "not_sampled": found.rows - len(rows) - rejected - repeated,
        "shards_read": len(shards),
        "shards": there,
    }


def _document(taken: Taken, settings: CorpusSettings, group: str) -> Document:
    """The row as it goes on. What a row says of itself may hold anything, so it is made printable."""
    item = taken.item
    source, url = item.source or settings.reader, f"{item.url or item.place}#{taken.number}"
    language = group if settings.per == "language" else item.language
    told = (source, url, item.licence or settings.licence, language)
    return Document(digest(taken.text), taken.text, *(printable(value) for value in told))
