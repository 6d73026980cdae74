"""Whether a run's prompts are passed by answers that copy them, and how long its answers are.

    python benchmarks/copied_answers.py RUN [--runs runs] [--store store] [--most 0.3]

Prints for each arm, means over its training seeds: the share of everyday prompts with every check passed (answers cut where they
go on as the user), the same with answers failed of which more than `--most` copies the prompt, and the words of an answer. The
last line is a JSON object, arm -> passed, passed_without_copies, words.
"""

import argparse
import json
from statistics import fmean

import secondhalf


def arm_figures(results: "secondhalf.Results", arm: str, most: float) -> dict[str, float]:
    """An arm's shares and words. Raises UserError where the run has no scores of it."""
    passed, copied = results.scores(arm, "checks_cut"), results.scores(arm, "echo")
    own = [
        fmean(value if copies[prompt] <= most else 0.0 for prompt, value in values.items())
        for values, copies in zip(passed, copied, strict=True)
    ]
    labels = [label for label in results.tables.stages if label.stage == "answers" and label.arm == arm]
    answers = [answer for label in labels for answer in results.table(label, "answers")["text"].to_pylist()]
    return {
        "passed": round(fmean(fmean(values.values()) for values in passed), 4),
        "passed_without_copies": round(fmean(own), 4),
        "words": round(fmean(len(answer.split()) for answer in answers), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Passed prompts without answers that copy them, and words of answers.")
    parser.add_argument("run")
    parser.add_argument("--runs", default="runs")
    parser.add_argument("--store", default="store")
    parser.add_argument("--most", type=float, default=0.3, help="share of an answer that may copy its prompt")
    options = parser.parse_args()
    results = secondhalf.Results(secondhalf.find_run(options.run, runs=options.runs, store=options.store))
    figures = {arm.name: arm_figures(results, arm.name, options.most) for arm in results.facts.arms}
    for name, row in figures.items():
        print(f"{name:12} {row['passed']:7.1%} {row['passed_without_copies']:7.1%} {row['words']:6} words")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
