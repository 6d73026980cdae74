"""Documents a second on one core: Gopher's repetition and quality, C4, FineWeb and personal data, against datatrove's.

    python benchmarks/clean.py [--quick] [--peer PYTHON]

Each side has a process of its own on the same core, in turn. Ours puts every document through every filter, from a table of
documents to the tables of rows, rejects and verdicts, as the stage does. datatrove runs in two ways: every document through
every filter (`ratio`: the same work), and each document until a filter refuses it, as its pipelines do, with Gopher's two
filters in the cheaper order (`early_exit_ratio`: its best setting, which tells one reason a document). Times are processor
time, so that a busy machine favours neither.
"""

import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow as pa

from harness import arguments, documents, finish, last_core, side
from in_turns import in_turns, ratio_of, rounded
from secondhalf.clean.c4 import C4Settings, apply_c4
from secondhalf.clean.fineweb import FineWebSettings, check_fineweb
from secondhalf.clean.gopher_quality import GopherQualitySettings, check_gopher_quality
from secondhalf.clean.gopher_repetition import GopherRepetitionSettings, check_gopher_repetition
from secondhalf.clean.personal import PersonalSettings, mask_personal
from secondhalf.clean.tokenized_text import TokenizedText
from secondhalf.rows import Document, Verdict, digest, from_table, partition_by_verdicts, to_table
from secondhalf.store.mapper import ShardTables

WARM_UP = 50  # documents, on both sides


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
    """Times the chain on the texts of a file, after a warm-up."""
    with open(path, encoding="utf-8") as file:
        texts = [json.loads(line) for line in file]
    table = to_table(Document, [Document(digest(text), text, "benchmark") for text in texts])
    chain(table.slice(0, WARM_UP))
    start = time.process_time()
    passed, _, verdicts = chain(table.slice(WARM_UP))
    seconds = time.process_time() - start
    result = {
        "documents": len(texts) - WARM_UP,
        "passed": passed.num_rows,
        "verdicts": verdicts.num_rows,
        "seconds": seconds,
    }
    print(json.dumps(result))


def main() -> None:
    options = arguments(__doc__ or "", "datatrove")
    texts = documents(600)
    texts = texts[:: max(1, len(texts) // (200 if options.quick else 1500))]
    script = Path(__file__)
    last: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.jsonl"
        path.write_text("".join(json.dumps(text) + "\n" for text in texts), "utf-8")
        theirs = [options.peer, str(script.parent / "peers" / "datatrove_filters.py")]

        def speed(name: str, command: list[str]) -> float:
            """Documents a second of one side."""
            last[name] = result = side([*command, str(path)], last_core())
            print(f"{name}: {result['passed']} of {result['documents']} pass in {result['seconds']:.1f} s")
            return float(result["documents"] / result["seconds"])

        runs = in_turns(
            2 if options.quick else 5,
            ours=lambda: speed("ours", [sys.executable, str(script), "--ours"]),
            datatrove=lambda: speed("datatrove", [*theirs, "every"]),
            datatrove_early_exit=lambda: speed("datatrove_early_exit", [*theirs, "until"]),
        )
    figures = {
        **ratio_of(runs["ours"], runs["datatrove"]),
        **ratio_of(runs["ours"], runs["datatrove_early_exit"], "early_exit_ratio"),
        "early_exit_order": last["datatrove_early_exit"]["order"],
        "documents": len(texts) - WARM_UP,
        "words_a_document": round(sum(len(text.split()) for text in texts) / len(texts)),
        "passed": {name: result["passed"] for name, result in last.items()},
        "documents_per_s": {name: round(median(values), 1) for name, values in runs.items()},
        "runs": rounded(runs, 1),
    }
    versions = last["datatrove"]["versions"]
    finish("clean", figures, versions, quick=options.quick)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ours"]:
        ours(sys.argv[2])
    else:
        main()
