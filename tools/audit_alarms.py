"""How often the audit's checks of a teacher's faults, and its decontamination, fail on text that no teacher wrote.

    python tools/audit_alarms.py [--corpus corpora/brown.jsonl] [--file name=PATH ...]

Pairs of neighbouring paragraphs of the corpus: the second stands for the reply. What fails there is a false alarm, but where the
text is itself what the check looks for, such as a caption that ends without a stop. --file adds a benchmark's file to the
everyday prompts, minimal pairs and safety items that are looked for, such as ifeval=input_data.jsonl.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

from secondhalf.audit.stage import AuditSettings, check_pair
from secondhalf.evaluate.settings import EvaluateSettings
from secondhalf.rows import Pair
from secondhalf.steps.evaluated import evaluation_index

LONGEST = 2  # paragraphs a side


def pairs(corpus: Path) -> list[Pair]:
    """Two paragraphs, and the two after them, all through the corpus."""
    rows = []
    for number, line in enumerate(corpus.read_text("utf-8").splitlines()):
        paragraphs = json.loads(line)["text"].split("\n\n")
        for start in range(0, len(paragraphs) - 2 * LONGEST + 1, 2 * LONGEST):
            sides = ["\n\n".join(paragraphs[at : at + LONGEST]) for at in (start, start + LONGEST)]
            rows.append(Pair(f"{number}-{start}", "", "", "en", sides[0], "", sides[1], "", "stop"))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path("corpora/brown.jsonl"), help="JSON lines with text")
    parser.add_argument("--file", action="append", default=[], help="BENCHMARK=PATH, may be given again")
    options = parser.parse_args()
    benchmarks = [dict(zip(("name", "path"), one.split("=", 1), strict=True)) for one in options.file]
    evaluate = EvaluateSettings.model_validate({"safety": {"enabled": True}, "benchmarks": benchmarks})
    index, settings = evaluation_index(evaluate), AuditSettings(only_look=[])
    rows, failed = pairs(options.corpus), Counter[str]()
    for pair in rows:
        failed.update({verdict.check for verdict in check_pair(pair, settings, index) if not verdict.passed})
    print(json.dumps({"pairs": len(rows), "evaluated": index.counts, "failed": dict(failed.most_common())}))


if __name__ == "__main__":
    main()
