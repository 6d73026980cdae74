"""What one more tiny document costs in memory: a million of them pass under a gigabyte (CHANGELOG.md has what was measured)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import json, re, resource, sys
from pathlib import Path
from secondhalf.store import Stage, tables

tables._ROWS = 5000  # a large table's way of writing, on tables that are not so large

def sampled(count):
    from secondhalf.corpus.settings import CorpusSettings
    from secondhalf.corpus.stage import sample_documents
    lines = (json.dumps({"text": f"The mill stood by the river number {n} and turned."}) for n in range(count))
    Path(f"{count}.jsonl").write_text("\\n".join(lines))
    sample_documents(CorpusSettings(reader="jsonl", path=f"{count}.jsonl", sample=count), 1, Stage(Path(f"corpus/{count}")))

def deduplicated(count):
    from secondhalf.clean.duplicates.whole_sample import find_duplicates
    from secondhalf.clean.stage import CleanSettings
    from secondhalf.rows import Document, to_table
    source, target, settings = Stage(Path(f"clean/{count}")), Stage(Path(f"deduplicate/{count}")), CleanSettings()
    for start in range(0, count, 1000):
        rows = [
            Document(f"{n:032x}", f"The mill stood by the river number {n} and turned.", "jsonl", f"/a/b.jsonl:{n}#0", "x", "en")
            for n in range(start, start + 1000)
        ]
        source.write("part", start // 1000, to_table(Document, rows))
    found = find_duplicates(lambda: source.read(columns=["id", "text"]), settings.near_duplicates, settings.passages)
    for kind, tables_of in (("verdicts", found.verdicts), ("rejects", found.rejects), ("part", found.rows)):
        target.write(kind, 0, tables_of(source.batches(1000)))

def peak(count):
    globals()[sys.argv[1]](count)
    if sys.platform == "darwin":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux's ru_maxrss begins at what the process had that started this one.
    return 1024 * int(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])

few = peak(20_000)
print((peak(80_000) - few) / 60_000)
"""


# 590 and 720 bytes are used, of which a sketch is 512; 810 and 1,020 were, before tables were written a shard at a time.
@pytest.mark.parametrize(("work", "most"), [("sampled", 720), ("deduplicated", 900)])
def test_one_more_document_takes_so_many_bytes(tmp_path: Path, work: str, most: int) -> None:
    # Arrow's and C's own pools keep what is freed for a while, as it happens.
    plain = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"}
    command = [sys.executable, "-c", PROGRAM, work]
    done = subprocess.run(
        command, cwd=tmp_path, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **plain}
    )
    assert 100 < float(done.stdout) < most
