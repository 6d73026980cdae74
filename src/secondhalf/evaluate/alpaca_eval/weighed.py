"""How sure a judge is of its label, as AlpacaEval 2 weighs its own (alpaca_eval 0.6.6, weighted_alpaca_eval_gpt4_turbo).

The original takes whatever token comes first, and so makes a preference of a reply that is no label where one of the labels
is among the unlikely tokens. Here a reply must be a label and nothing else; all other replies are read as their words.
"""

import json
import math
from typing import Any

from secondhalf.evaluate.alpaca_eval.games import LABELS


def weigh_labels(judgments: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """P(m) - P(M) by judge and request's id, of the two labels alone: 1 is sure of m, -1 of M.

    `judgments`: rows of the judgments- table; those without log-probabilities are left out. A label that is not among the
    tokens that the server named counts as impossible, as in the original.
    """
    differences: dict[str, dict[str, float]] = {}
    for row in judgments:
        likely = json.loads(row["first_tokens"] or "{}")
        if row["reply"] in LABELS and row["reply"] in likely:
            m, other = (likely.get(label, -math.inf) for label in LABELS)
            differences.setdefault(row["judge"], {})[row["id"]] = math.tanh((m - other) / 2)
    return differences
