"""Documents a second on one core: Gopher's repetition and quality, C4, FineWeb and personal data, against datatrove's.

    python benchmarks/clean.py [--quick] [--peer PYTHON]

Both sides put every document through every filter, in a process of their own on the same core, in turn; ours goes from
a table of documents to the tables of rows, rejects and verdicts, as the stage does. Times are processor time, so that a
busy machine favours neither. `ratio` is the median of ours over the median of theirs.
"""

import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

import pyarrow as pa

from harness import arguments, documents, finish, last_core, side
from secondhalf.clean.c4 import C4Settings, apply_c4
from secondhalf.clean.fineweb import FineWebSettings, check_fineweb
from secondhalf.clean.gopher_quality import GopherQualitySettings, check_gopher_quality
from secondhalf.clean.gopher_repetition import GopherRepetitionSettings, check_gopher_repetition
from secondhalf.clean.personal import PersonalSettings, mask_personal
from secondhalf.clean.tokenized_text import TokenizedText
from secondhalf.rows import Document, Verdict, digest, from_table, partition_by_verdicts, to_table
from secondhalf.store.mapper import ShardTables


def chain(table: pa.Table) -> ShardTables:
    """The five filters over a table of documents: rows, rejects and verdicts, as the stage makes them."""
    rows: list[Document] = []
    verdicts: list[list[Verdict]] = []
    for document in from_table(Document, table):
        text = TokenizedText(document.id, document.text)
        document_verdicts = check_gopher_repetition(text, GopherRepetitionSettings()) + check_gopher_quality(
            text, GopherQualitySettings()
        )
        cleaned, c4_verdicts = apply_c4(text, C4Settings(end_punctuation=True))
        document_verdicts += c4_verdicts + check_fineweb(TokenizedText(document.id, cleaned), FineWebSettings())
        masked, personal_verdicts = mask_personal(replace(document, text=cleaned), PersonalSettings())
        rows.append(replace(document, text=masked))
        verdicts.append(document_verdicts + personal_verdicts)
    return partition_by_verdicts(Document, rows, verdicts)


def ours(path: str) -> None:
    """Times the chain on the texts of a file, after a warm-up of 50."""
    with open(path, encoding="utf-8") as file:
        texts = [json.loads(line) for line in file]
    table = to_table(Document, [Document(digest(text), text, "benchmark") for text in texts])
    chain(table.slice(0, 50))
    start = time.process_time()
    passed, _, verdicts = chain(table.slice(50))
    seconds = time.process_time() - start
    result = {
        "documents": len(texts) - 50,
        "passed": passed.num_rows,
        "verdicts": verdicts.num_rows,
        "seconds": seconds,
    }
    print(json.dumps(result))


def main() -> None:
    options = arguments(__doc__ or "", "datatrove")
    texts = documents(600)
    texts = texts[:: max(1, len(texts) // (250 if options.quick else 1500))]
    script = Path(__file__)
    speeds: dict[str, list[float]] = {"ours": [], "datatrove": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.jsonl"
        path.write_text("".join(json.dumps(text) + "\n" for text in texts), "utf-8")
        sides = {
            "ours": [sys.executable, str(script), "--ours", str(path)],
            "datatrove": [options.peer, str(script.parent / "peers" / "datatrove_filters.py"), "speed", str(path)],
        }
        for _ in range(2 if options.quick else 5):
            for name, command in sides.items():
                result = side(command, last_core())
                speeds[name].append(result["documents"] / result["seconds"])
                print(f"{name}: {speeds[name][-1]:.0f} documents/s, {result['passed']} of {result['documents']} pass")
                versions = result.get("versions", {})
    figures = {
        "ratio": round(median(speeds["ours"]) / median(speeds["datatrove"]), 2),
        "documents": len(texts) - 50,
        "words_a_document": round(sum(len(text.split()) for text in texts) / len(texts)),
        "documents_per_s": {name: round(median(values), 1) for name, values in speeds.items()},
        "runs": {name: [round(speed, 1) for speed in values] for name, values in speeds.items()},
    }
    finish("clean", figures, versions, quick=options.quick)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ours"]:
        ours(sys.argv[2])
    else:
        main()
