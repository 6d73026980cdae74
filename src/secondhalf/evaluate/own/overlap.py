"""How close an answer is to a reference, without a judge, for languages with and without spaces."""

import re
from collections import Counter

from secondhalf.text.normal_form import normal_form

_ORDERS, _BETA = 6, 2.0


def chrf(answer: str, reference: str) -> float:
    """chrF2, 0 to 1: the F score of character n-grams up to six, recall counting four times (Popović 2015; white space is
    left out, as in sacreBLEU's default). An answer that says the same in other words scores low.
    """
    answer, reference = (re.sub(r"\s+", "", normal_form("NFKC", text)) for text in (answer, reference))
    precisions, recalls = [], []
    for order in range(1, _ORDERS + 1):
        answer_grams, reference_grams = (
            Counter(text[i : i + order] for i in range(len(text) - order + 1)) for text in (answer, reference)
        )
        if not answer_grams or not reference_grams:  # shorter than the order
            continue
        shared = sum((answer_grams & reference_grams).values())
        precisions.append(shared / answer_grams.total())
        recalls.append(shared / reference_grams.total())
    if not precisions:
        return float(answer == reference)
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    weight = _BETA**2
    return (1 + weight) * precision * recall / (weight * precision + recall) if precision + recall else 0.0


def exact(answer: str, reference: str) -> float:
    """1 when both are the same after case, width, white space and stops at the ends are set aside."""
    return float(_plain(answer) == _plain(reference))


def _plain(text: str) -> str:
    return " ".join(normal_form("NFKC", text).casefold().split()).strip(" .。!?\"'「」『』")
