"""What 80,000, 8 million and 800 million pairs take, on paper, from the rates in benchmarks/results: the tables of docs/scale.md.

    python tools/scale_model.py [--documents-per-pair 3]

Counted as `secondhalf doctor RECIPE --nodes N` counts a recipe's own. Each rate names the command that measured it. What was
not measured (a teacher and a student on GPUs, a network, money) is left out.
"""

import argparse

from secondhalf.commands.doctor.scale import DOCUMENTS_PER_PAIR, Workload, capacities, load_rates, stage_hours

PAIRS = (80_000, 8_000_000, 800_000_000)


def tables(documents_per_pair: float = DOCUMENTS_PER_PAIR) -> str:
    """Both tables in Markdown."""
    works = [Workload.of_pairs(pairs, documents_per_pair) for pairs in PAIRS]
    lines = ["| stage | rows a second and core | measured by |", "|---|---|---|"]
    lines += [
        f"| {stage} | {rate.rows_per_second:,.0f} | `{rate.command}` ({rate.date}) |"
        for stage, rate in load_rates().items()
    ]
    lines += ["", "| | " + " | ".join(f"{pairs:,} pairs" for pairs in PAIRS) + " |", "|---|" + "---|" * len(PAIRS)]
    for hours in zip(*map(stage_hours, works), strict=True):
        lines.append(_row(f"{hours[0].stage}, core hours", [each.core_hours for each in hours], ",.1f"))
    lines.append(_row("documents, GB of text", [work.text_bytes / 1e9 for work in works], ",.1f"))
    for parts in zip(*(capacities(work, 1.0) for work in works), strict=True):
        lines.append(_row(f"{parts[0].part}, GB", [part.need / 1e9 for part in parts], ",.1f"))
    lines.append(_row("tokens to train on, millions", [work.tokens / 1e6 for work in works], ",.0f"))
    lines.append(_row("parts (files) of a stage", [work.parts for work in works], ",.0f"))
    return "\n".join(lines) + "\n"


def _row(name: str, values: list[float], form: str) -> str:
    return f"| {name} | " + " | ".join(format(value, form) for value in values) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--documents-per-pair",
        type=float,
        default=DOCUMENTS_PER_PAIR,
        help="how many are read for a pair that is trained on (default: 3)",
    )
    print(tables(parser.parse_args().documents_per_pair), end="")


if __name__ == "__main__":
    main()
