"""The sample: the documents whose hash of text and seed comes first. What comes later cleans and reads these alone.

Memory follows the sample, not the corpus. One text counts once, however often it occurs. What cannot be read is a reject
with its reason: all are counted, and up to 10,000 are kept with the beginning of what stood there.
"""

from secondhalf.corpus.pool import scan_all
from secondhalf.corpus.readers.items import EXCERPT, printable
from secondhalf.corpus.scan import SampleCandidate
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.shards import choose_shards
from secondhalf.corpus.unreadable import refuse_unreadable
from secondhalf.rows import Document, Verdict, digest, to_table, with_reasons
from secondhalf.store import Stage

# 2: the rank is a hash of the text, not of its id; rows that cannot be read are rejects; of equal texts the origin that
# sorts first is kept.
CORPUS_VERSION = (2,)


def sample_documents(settings: CorpusSettings, seed: int, stage: Stage) -> dict[str, object]:
    """Writes the sample, the rejects and their verdicts, each ordered by id, as one part.

    Returns the counts: rows_in = rows + rejected + repeated + not_sampled, where `repeated` are further copies of the
    sampled texts. Raises UserError for an empty corpus and for one that is mostly unreadable.
    """
    shards, total = choose_shards(settings)
    result = scan_all(shards, total, settings, seed)
    refuse_unreadable(result, settings)
    sampled: dict[str, Document] = {}
    for (group, _), ranked in sorted(result.best.rows.items()):
        document = _document(ranked.row, settings, group)
        sampled.setdefault(document.id, document)  # one text in two groups: the group that sorts first has it
    repeated = sum(ranked.copies for ranked in result.best.rows.values()) - len(sampled)
    rows = [sampled[id] for id in sorted(sampled)]
    kept_refusals = [ranked.row for ranked in result.refused.rows.values()]
    refused = sorted((digest("refused", item.location), item) for item in kept_refusals)
    rejects = [Document(id, item.excerpt[:EXCERPT], settings.reader, printable(item.location)) for id, item in refused]
    failed = [Verdict(id, "readable", False, 0.0, printable(item.reason)[:EXCERPT]) for id, item in refused]
    passed = [Verdict(document.id, "readable", True, 1.0) for document in rows]
    stage.write("rejects", 0, with_reasons(to_table(Document, rejects), failed))
    stage.write("verdicts", 0, to_table(Verdict, sorted(failed + passed, key=lambda verdict: verdict.id)))
    stage.write("part", 0, to_table(Document, rows))
    rejected = result.reasons.total()
    return {
        "rows_in": result.rows,
        "rows": len(rows),
        "rejected": rejected,
        "reasons": dict(result.reasons.most_common()),
        "repeated": repeated,
        "not_sampled": result.rows - len(rows) - rejected - repeated,
        "shards_read": len(shards),
        "shards": total,
    }


def _document(candidate: SampleCandidate, settings: CorpusSettings, group: str) -> Document:
    """The candidate as a document. Whatever else stands in its row may hold anything, so it is made printable."""
    item = candidate.item
    source, url = item.source or settings.reader, f"{item.url or item.location}#{candidate.number}"
    language = group if settings.per == "language" else item.language
    origin = (source, url, item.licence or settings.licence, language)
    return Document(digest(candidate.text), candidate.text, *(printable(value) for value in origin))
