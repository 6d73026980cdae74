"""Draws the sample: the documents whose hash of id and seed comes first (DESIGN: sampling first).

Memory follows the sample, not the corpus: a heap holds the best so far. One text counts once, however often it occurs.
"""

import heapq
import itertools
from typing import Any

from secondhalf.corpus.readers import READERS
from secondhalf.corpus.sections import sections
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError
from secondhalf.progress import Progress
from secondhalf.rows import Document, digest, to_table
from secondhalf.store import Stage

VERSION = 1


def draw(settings: CorpusSettings, seed: int, stage: Stage) -> dict[str, Any]:
    """Writes the sample, ordered by id, as the stage's one part. Raises UserError for an empty corpus."""
    heap: list[tuple[int, str, Document]] = []  # a max-heap by negated rank: the worst of the kept is on top
    held: set[str] = set()
    read = repeated = 0
    documents = itertools.islice(READERS[settings.reader](settings), settings.scan_limit)
    with Progress("corpus", settings.scan_limit or 0, "documents") as progress:
        for text, url in documents:
            for number, section in enumerate(_cut(text, settings)):
                read += 1
                document = Document(digest(section), section, settings.reader, f"{url}#{number}", settings.licence)
                if document.id in held:
                    repeated += 1
                    continue
                entry = (-int(digest(str(seed), document.id), 16), document.id, document)
                if len(heap) < settings.sample:
                    heapq.heappush(heap, entry)
                elif entry > heap[0]:
                    held.discard(heapq.heappushpop(heap, entry)[1])
                else:
                    continue
                held.add(document.id)
            progress.advance()
    if not heap:
        raise UserError("The corpus holds no document: check corpus.path and corpus.reader.")
    rows = sorted((document for _, _, document in heap), key=lambda document: document.id)
    stage.write("part", 0, to_table(Document, rows))
    return {"rows_in": read, "rows": len(rows), "rejected": 0, "repeated": repeated}


def _cut(text: str, settings: CorpusSettings) -> list[str]:
    if not text.strip():
        return []
    return [text] if settings.section_words is None else list(sections(text, settings.section_words))
