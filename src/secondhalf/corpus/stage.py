"""Draws the sample: the documents whose hash of text and seed comes first (DESIGN: sampling first).

Memory follows the sample, not the corpus. One text counts once, however often it occurs. What cannot be read is a reject
with its reason: all are counted, and up to 10,000 are kept with the beginning of what stood there.
"""

from typing import Any

from secondhalf.corpus.best import Entry
from secondhalf.corpus.judge import judge
from secondhalf.corpus.pool import scan_all
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.shards import chosen
from secondhalf.rows import Document, Verdict, to_table, with_reasons
from secondhalf.store import Stage

# 2: the rank is a hash of the text, not of its id; rows that cannot be read are rejects; of equal texts the origin that
# sorts first is kept.
VERSION = 2


def plain(settings: CorpusSettings, seed: int) -> dict[str, Any]:
    """What decides the stage: the number of processes does not."""
    return {**settings.model_dump(mode="json", exclude={"workers"}), "seed": seed}


def draw(settings: CorpusSettings, seed: int, stage: Stage) -> dict[str, Any]:
    """Writes the sample, the rejects and their verdicts, each ordered by id, as one part.

    Returns the counts: rows_in = rows + rejected + repeated + not_sampled, where `repeated` are further copies of the
    sampled texts. Raises UserError for an empty corpus and for one that is mostly unreadable.
    """
    shards, there = chosen(settings)
    found = scan_all(shards, there, settings, seed)
    judge(found, settings)
    sampled: dict[str, Entry] = {}
    for (_, row), entry in sorted(found.best.held.items()):
        sampled.setdefault(row, entry)  # one text in two groups: the group that sorts first has it
    entries = [sampled[row] for row in sorted(sampled)]
    repeated = sum(entry.copies for entry in found.best.held.values()) - len(entries)
    refused = sorted(found.refused.held.values(), key=lambda entry: entry.row.id)
    verdicts = [Verdict(entry.row.id, "readable", False, 0.0, entry.reason) for entry in refused]
    passed = [Verdict(entry.row.id, "readable", True, 1.0) for entry in entries]
    stage.write("rejects", 0, with_reasons(to_table(Document, [entry.row for entry in refused]), verdicts))
    stage.write("verdicts", 0, to_table(Verdict, sorted(verdicts + passed, key=lambda verdict: verdict.id)))
    stage.write("part", 0, to_table(Document, [entry.row for entry in entries]))
    rejected = found.reasons.total()
    return {
        "rows_in": found.rows,
        "rows": len(entries),
        "rejected": rejected,
        "reasons": dict(found.reasons.most_common()),
        "repeated": repeated,
        "not_sampled": found.rows - len(entries) - rejected - repeated,
        "shards_read": len(shards),
        "shards": there,
    }
