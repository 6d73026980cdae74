"""The whole audit, pairs a second on two cores, against a plain scikit-learn pipeline and datatrove's decontamination.

    python benchmarks/audit.py [--quick] [--peer .peers/datatrove/bin/python] [--sklearn .peers/lmeval/bin/python]

Pairs have the lengths of real ones (50 words of a first half, 35 of a reply, 100 of the text's own second half), of words of the
Brown corpus; a reply is of another text. Ours: every check of the audit with its verdicts and spans, decontamination against the
everyday prompts, the minimal pairs and the set on safety among them, from a table of pairs to the tables of pairs, rejects and
verdicts, as the stage does. Theirs, on the same pairs: scikit-learn's HashingVectorizer (character 2- to 5-grams) and
LogisticRegression, a class for each half; and datatrove's NGramsDecontFilter (its own 12-grams; both halves as one document) with
the same texts in its index. `ratio` is against the two one after the other, which do a part of the work; `ratio_sklearn` and
`ratio_datatrove` are against each alone.

Each side has a process of its own on the same core, in turns; times are processor time, so that a busy machine favours nobody.
`pairs_per_s` is twice what one core does: the stage gives each of its workers shards of its own.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from harness import ROOT, arguments, documents, finish, last_core, side
from in_turns import in_turns, ratio_of, rounded
from secondhalf.audit.stage import AuditSettings, audit_pairs
from secondhalf.evaluate.settings import EvaluateSettings
from secondhalf.rows import Pair, digest, to_table
from secondhalf.steps.evaluated import evaluated_texts, evaluation_index

WARM_UP = 100  # pairs, on all sides
PROMPT, RESPONSE, ORIGINAL = 50, 35, 100  # words
EVALUATED = EvaluateSettings(safety={"enabled": True})


def pairs(count: int) -> list[dict[str, str]]:
    """`count` pairs: prompt, original and response."""
    texts = [text for text in documents(PROMPT + ORIGINAL) if len(text.split()) >= PROMPT + ORIGINAL]
    texts = (texts * (count // len(texts) + 2))[: count + 1]
    rows = []
    for number in range(count):
        words, others = texts[number].split(" "), texts[number + 1].split(" ")
        prompt, original = " ".join(words[:PROMPT]), " ".join(words[PROMPT:])
        response = f"{' '.join(others[-RESPONSE:]).rstrip('.')}."
        rows.append({"prompt": prompt, "original": original, "response": response})
    return rows


def ours(path: str) -> None:
    """Times the audit of a file's pairs, after a warm-up."""
    rows = json.loads(Path(path).read_text("utf-8"))["pairs"]
    table = to_table(
        Pair,
        [
            Pair(digest(str(number)), "", "words", "en", **row, teacher="t", finish="stop")
            for number, row in enumerate(rows)
        ],
    )
    index, settings = evaluation_index(EVALUATED), AuditSettings()
    audit_pairs(table.slice(0, WARM_UP), settings, index)
    start = time.process_time()
    passed, _, verdicts = audit_pairs(table.slice(WARM_UP), settings, index)
    seconds = time.process_time() - start
    print(json.dumps({"seconds": seconds, "passed": passed.num_rows, "verdicts": verdicts.num_rows}))


def main() -> None:
    options = arguments(
        __doc__ or "", "datatrove", sklearn="the interpreter that has scikit-learn (default: .peers/lmeval/bin/python)"
    )
    sklearn = options.sklearn or str(ROOT / ".peers" / "lmeval" / "bin" / "python")
    count = 1000 if options.quick else 8000
    texts = [text.text for text in evaluated_texts(EVALUATED)]
    last: dict[str, dict[str, Any]] = {}
    peers = Path(__file__).parent / "peers"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pairs.json"
        path.write_text(json.dumps({"pairs": pairs(count + WARM_UP), "texts": texts, "warm_up": WARM_UP}), "utf-8")

        def speed(name: str, command: list[str]) -> float:
            """Pairs a second on one core."""
            last[name] = side([*command, str(path)], last_core())
            return float(count / last[name]["seconds"])

        runs = in_turns(
            2 if options.quick else 5,
            ours=lambda: speed("ours", [sys.executable, __file__, "--ours"]),
            sklearn=lambda: speed("sklearn", [sklearn, str(peers / "sklearn_classes.py")]),
            datatrove=lambda: speed("datatrove", [options.peer, str(peers / "datatrove_decont.py")]),
        )
    both = [1 / (1 / one + 1 / other) for one, other in zip(runs["sklearn"], runs["datatrove"], strict=True)]
    figures = {
        **ratio_of(runs["ours"], both),
        **ratio_of(runs["ours"], runs["sklearn"], "ratio_sklearn"),
        **ratio_of(runs["ours"], runs["datatrove"], "ratio_datatrove"),
        "pairs_per_s": round(2 * median(runs["ours"])),
        "pairs_per_s_low": round(2 * min(runs["ours"])),
        "pairs": count,
        "evaluated_texts": len(texts),
        "passed": last["ours"]["passed"],
        "pairs_per_s_one_core": {name: round(median(values)) for name, values in runs.items()},
        "runs": rounded(runs),
    }
    versions = last["sklearn"]["versions"] | last["datatrove"]["versions"]
    finish("audit", figures, versions, quick=options.quick)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ours"]:
        ours(sys.argv[2])
    else:
        main()
