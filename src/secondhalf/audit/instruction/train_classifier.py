"""Trains the classifier on labelled pairs and writes its weights.

`python -m secondhalf.audit.instruction.train_classifier FOLDER`

FOLDER is benchmarks/instruction_labels; only its half `dev` is read, and the pairs that are for training alone. Logistic
regression with an L2 penalty, by Newton's steps on the kernel of the sides: half a minute, and the same weights every time. The
threshold is chosen by cross-validation over sources, five folds: where the lower of precision and recall of pairs, rules and
classifier together, is largest.
"""

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from secondhalf.audit.instruction.classifier import SCALE, features, rule_names
from secondhalf.audit.instruction.plain import plain_text
from secondhalf.audit.instruction.rules import RULES, foreign_rules, matches, sure_match
from secondhalf.output import print_text
from secondhalf.text.json_lines import read

PENALTY = 0.1
FOLDS = 5
STEPS = 25
RULE_SIZE = 0.5
"""How large a rule's column is beside an n-gram row of length 1: what it weighs, the penalty holds less."""

Matrix = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Sides:
    """Prompts, then responses, of the pairs of one language: features, labels, folds, and whether a sure rule matches."""

    rows: Matrix
    labels: NDArray[np.bool_]
    folds: NDArray[np.int64]
    sure: NDArray[np.bool_]


def labelled_sides(folder: Path, language: str) -> Sides:
    """The dev half's sides in one language."""
    labels = {
        row["id"]: row for name in ("labels", "more_labels") for _, row in read(folder / f"{name}.jsonl", "FOLDER")
    }
    pairs = [
        row
        for name in ("pairs", "more_pairs")
        for _, row in read(folder / f"{name}.jsonl", "FOLDER")
        if row["half"] == "dev" and row["language"] == language and row["id"] in labels
    ]
    texts, names, sure = [], [], []
    for side in ("prompt", "response"):
        for pair in pairs:
            plain = plain_text(pair[side])
            own = matches(plain, RULES[language], response=side == "response")
            texts.append(plain)
            names.append({match.rule.name for match in own})
            sure.append(
                sure_match(pair[side], plain, own, foreign_rules(pair[side], language), response=side == "response")
                is not None
            )
    ngrams, rules = features(texts, names, language)
    rows = np.hstack([ngrams, RULE_SIZE * rules, np.ones((len(texts), 1))]).astype(np.float64)
    positive = np.array([bool(labels[pair["id"]][side]) for side in ("prompt", "response") for pair in pairs])
    folds = np.array([_fold(pair["source"]) for pair in pairs] * 2)
    return Sides(rows, positive, folds, np.array(sure))


def _fold(source: str) -> int:
    return int(hashlib.sha256(source.encode()).hexdigest()[:8], 16) % FOLDS


def fit(rows: Matrix, labels: NDArray[np.bool_]) -> Matrix:
    """The weights of each column: penalised logistic regression."""
    return rows.T @ _dual(rows @ rows.T, labels)


def _dual(kernel: Matrix, labels: NDArray[np.bool_]) -> Matrix:
    """What each row adds to the weights, by the rows' products (iteratively reweighted least squares in the dual)."""
    target = labels.astype(np.float64)
    dual: Matrix = np.zeros(len(kernel))
    for _ in range(STEPS):
        scores = kernel @ dual
        probability = 1 / (1 + np.exp(-scores))
        weight = np.maximum(probability * (1 - probability), 1e-6)
        wanted = np.linalg.solve(kernel + PENALTY * np.diag(1 / weight), scores + (target - probability) / weight)
        if np.abs(wanted - dual).max() < 1e-9:
            break
        dual = wanted
    return dual


def held_out(sides: Sides) -> Matrix:
    """Each side's probability by weights that no side of its fold helped to fit."""
    result: Matrix = np.zeros(len(sides.labels))
    kernel = sides.rows @ sides.rows.T  # most of the work
    for fold in range(FOLDS):
        inside = sides.folds == fold
        dual = _dual(kernel[np.ix_(~inside, ~inside)], sides.labels[~inside])
        result[inside] = 1 / (1 + np.exp(-kernel[np.ix_(inside, ~inside)] @ dual))
    return result


def choose_threshold(sides: Sides, probability: Matrix) -> tuple[float, float, float]:
    """(threshold, precision, recall) of pairs where the lower of the two is largest, in steps of 0.01."""
    half = len(sides.labels) // 2
    positive = sides.labels[:half] | sides.labels[half:]
    best = (0.0, 0.0, 0.0)
    for step in range(10, 100):
        side = sides.sure | (probability >= step / 100)
        flagged = side[:half] | side[half:]
        right = int((flagged & positive).sum())
        precision, recall = right / max(int(flagged.sum()), 1), right / max(int(positive.sum()), 1)
        if min(precision, recall) > min(best[1:]):
            best = (step / 100, precision, recall)
    return best


def weights_of(sides: Sides, language: str) -> dict[str, object]:
    """The weights of a language's file, in thousandths, by what they weigh."""
    weights, names = fit(sides.rows, sides.labels), rule_names(language)
    count = len(weights) - len(names) - 1
    rules = weights[count:-1] * RULE_SIZE
    return {
        "bias": round(float(weights[-1]) * SCALE),
        "rules": {name: round(float(value) * SCALE) for name, value in zip(names, rules, strict=True)},
        "ngrams": [round(float(value) * SCALE) for value in weights[:count]],
    }


def main() -> None:
    for language in ("en", "ja"):
        sides = labelled_sides(Path(sys.argv[1]), language)
        threshold, precision, recall = choose_threshold(sides, held_out(sides))
        data = {"threshold": threshold, **weights_of(sides, language)}
        path = Path(__file__).with_name(f"weights_{language}.json")
        path.write_text(json.dumps(data, separators=(",", ":")) + "\n", "utf-8")
        print_text(f"{language}: threshold {threshold}, held out: precision {precision:.3f}, recall {recall:.3f}")


if __name__ == "__main__":
    main()
