"""A logistic classifier of a side: character n-grams (ngrams.py) and which rules matched.

Its weights are `weights_en.json` and `weights_ja.json` beside this file, made by `train_classifier.py` from labelled pairs.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from secondhalf.audit.instruction.ngrams import presence
from secondhalf.audit.instruction.rules import RULES

Matrix = NDArray[np.floating]
SCALE = 1000
"""Weights are whole thousandths in the file."""
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Classifier:
    """`ngrams`: a weight for each hashed n-gram; `rules`: for each rule by its name; `threshold`: the probability, 0 to 1, from
    which a side counts as instruction-like."""

    ngrams: Matrix
    rules: Matrix
    bias: float
    threshold: float


@cache
def load_classifier(language: str) -> Classifier:
    """The classifier of "en" or "ja"."""
    data = json.loads((files("secondhalf.audit.instruction") / f"weights_{language}.json").read_text("utf-8"))
    return Classifier(
        np.array(data["ngrams"], np.float32) / np.float32(SCALE),
        np.array([data["rules"].get(name, 0) for name in rule_names(language)], np.float32) / np.float32(SCALE),
        data["bias"] / SCALE,
        data["threshold"],
    )


def rule_names(language: str) -> list[str]:
    """The rules of a language in the order of their columns."""
    return [rule.name for rule in RULES[language]]


def features(texts: Sequence[str], names: Iterable[set[str]], language: str) -> tuple[Matrix, Matrix]:
    """(n-grams, rules) of each text, a row each; rows of n-grams have length 1. `names`: the rules that matched each."""
    ngrams = presence(texts).astype(np.float32)
    ngrams /= np.sqrt(np.maximum(ngrams.sum(1, keepdims=True), 1))
    columns = {name: column for column, name in enumerate(rule_names(language))}
    rules = np.zeros((len(texts), len(columns)), np.float32)
    for row, each in enumerate(names):
        for name in each:
            rules[row, columns[name]] = 1
    return ngrams, rules


def probabilities(texts: Sequence[str], names: Iterable[set[str]], language: str) -> Matrix:
    """The probability, 0 to 1, that each plain text is instruction-like; `names`: the rules that matched each.

    `texts` may hold none; many are looked at a few dozen at a time, so that memory stays small.
    """
    model, of_texts = load_classifier(language), list(names)
    parts: list[Matrix] = [np.zeros(0, np.float32)]
    for start in range(0, len(texts), _AT_ONCE):
        ngrams, rules = features(texts[start : start + _AT_ONCE], of_texts[start : start + _AT_ONCE], language)
        parts.append(1 / (1 + np.exp(-(ngrams @ model.ngrams + rules @ model.rules + model.bias))))
    return np.concatenate(parts)
