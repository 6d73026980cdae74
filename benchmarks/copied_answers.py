"""Whether a kept run's prompts are passed by answers that copy them, and how long its answers are.

    python benchmarks/copied_answers.py NAME [--most 0.3]

NAME is that of a result with a folder of tables (benchmarks/results/NAME/). Prints for each arm, means over its training seeds:
the share of everyday prompts with every check passed (answers cut where they go on as the user), the same with answers failed of
which more than `--most` copies the prompt, and the words of an answer. The last line is a JSON object, arm -> passed,
passed_without_copies, words.
"""

import argparse
import json
from statistics import fmean

import pyarrow.parquet as pq

from harness import RESULTS
from look_again import scores_of
from secondhalf.evaluate.everyday.probes import echo
from secondhalf.evaluate.everyday.prompts import load_everyday

Texts = dict[str, list[dict[str, str]]]
"""arm -> one table of id -> answer a training seed."""


def answers_of(name: str) -> Texts:
    """The answers to the everyday prompts."""
    answers: dict[str, dict[int, dict[str, str]]] = {}
    for row in pq.read_table(RESULTS / name / "answers.parquet").to_pylist():
        if row["of"] == "everyday":
            answers.setdefault(row["arm"], {}).setdefault(row["seed"] or 0, {})[row["id"]] = row["text"]
    return {arm: [seeds[number] for number in sorted(seeds)] for arm, seeds in answers.items()}


def arm_figures(
    passed: list[dict[str, float]], answers: list[dict[str, str]], prompts: dict[str, str], most: float
) -> dict[str, float]:
    """An arm's shares and words, of its seeds' scores (id -> 1 where every check passed) and answers."""
    own = [
        {id: value if echo(prompts[id], texts[id]) <= most else 0.0 for id, value in values.items()}
        for values, texts in zip(passed, answers, strict=True)
    ]
    return {
        "passed": round(fmean(fmean(values.values()) for values in passed), 4),
        "passed_without_copies": round(fmean(fmean(values.values()) for values in own), 4),
        "words": round(fmean(len(text.split()) for texts in answers for text in texts.values()), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Passed prompts without answers that copy them, and words of answers.")
    parser.add_argument("name", help="of the result")
    parser.add_argument("--most", type=float, default=0.3, help="share of an answer that may copy its prompt")
    options = parser.parse_args()
    scores, prompts = scores_of(options.name), {one.id: one.text for one in load_everyday()}
    figures = {
        arm: arm_figures(scores[arm, "checks_cut"], answers, prompts, options.most)
        for arm, answers in answers_of(options.name).items()
    }
    for name, row in figures.items():
        print(f"{name:12} {row['passed']:7.1%} {row['passed_without_copies']:7.1%} {row['words']:6} words")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
