"""What 80,000, 8 million and 800 million pairs take, on paper, from the rates in benchmarks/results: the tables of docs/scale.md.

    python tools/scale_model.py [--documents-per-pair 3]

Each rate names the command that measured it. What was not measured (a teacher and a student on GPUs, a network, money) is
left out.
"""

import argparse
import json
from pathlib import Path

RESULTS = Path(__file__).resolve().parent.parent / "benchmarks" / "results"
PAIRS = (80_000, 8_000_000, 800_000_000)
BYTES = 3_200  # of a document of 540 words in UTF-8, of which English has about 5.9 a word
PROMPT_AND_REPLY = 205  # tokens of a pair: tokens / pairs of results/tokenise.json
SIGNATURE = 512 + 8 + 8 + 8 + 1  # of clean/duplicates/signatures.py, 128 slots of four bytes and four numbers
UNITS = (
    BYTES + 600
)  # text of a document, and what its passages add, in the memory of one machine: results/dedup.json's sweep


def rates() -> dict[str, tuple[float, str]]:
    """Rows per second and core, and the command that measured it."""

    def of(name: str) -> tuple[dict, str]:
        result = json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
        return result["figures"], f"{result['command']} ({result['date']})"

    sample, clean, dedup, audit, tokenise = (of(name) for name in ("sample", "clean", "dedup", "audit", "tokenise"))
    slowest = min(form["documents_per_second"] for form in sample[0]["formats"].values())
    return {
        "corpus": (slowest, sample[1]),
        "clean": (clean[0]["documents_per_s"]["ours"], clean[1]),
        "near-duplicates": (dedup[0]["sweep"][-1]["documents_per_s"], dedup[1]),
        "audit": (audit[0]["pairs_per_s_one_core"]["ours"], audit[1]),
        "tokenise": (tokenise[0]["examples_per_s"] / 2, tokenise[1] + ", two cores"),
    }


def tables(documents_per_pair: float) -> str:
    """Both tables in Markdown."""
    measured = rates()
    lines = ["| stage | rows a second and core | measured by |", "|---|---|---|"]
    lines += [f"| {stage} | {rate:,.0f} | `{command}` |" for stage, (rate, command) in measured.items()]
    lines += ["", "| | " + " | ".join(f"{pairs:,} pairs" for pairs in PAIRS) + " |", "|---|" + "---|" * len(PAIRS)]
    for stage, (rate, _) in measured.items():
        each = 1 if stage in {"audit", "tokenise"} else documents_per_pair
        lines.append(_row(f"{stage}, core hours", [pairs * each / rate / 3600 for pairs in PAIRS], ",.1f"))
    documents = [pairs * documents_per_pair for pairs in PAIRS]
    lines.append(_row("documents, GB of text", [count * BYTES / 1e9 for count in documents], ",.1f"))
    lines.append(
        _row("near-duplicates: signatures on the run's machine, GB", [n * SIGNATURE / 1e9 for n in documents], ",.1f")
    )
    lines.append(_row("near-duplicates: texts on the run's machine, GB", [n * UNITS / 1e9 for n in documents], ",.1f"))
    lines.append(_row("tokens to train on, millions", [pairs * PROMPT_AND_REPLY / 1e6 for pairs in PAIRS], ",.0f"))
    lines.append(_row("parts (files) of a stage", [count / 1000 for count in documents], ",.0f"))
    return "\n".join(lines) + "\n"


def _row(name: str, values: list[float], form: str) -> str:
    return f"| {name} | " + " | ".join(format(value, form) for value in values) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--documents-per-pair",
        type=float,
        default=3,
        help="how many are read for a pair that is trained on (default: 3)",
    )
    print(tables(parser.parse_args().documents_per_pair), end="")


if __name__ == "__main__":
    main()
