"""Judgments of four models against a baseline, drawn with a fixed seed: what the original tool and ours are both given."""

import random
from typing import Any

BASELINE = "gpt-4-0314"  # the tool anchors its bootstrap only under this name
MODELS = {"strong": 0.9, "even": 0.05, "weak": -0.8, "wordy": 0.4}  # how much better than the baseline's answers
LABELS = ("A>>B", "A>B", "A=B", "B>A", "B>>A")


def judgments(questions: int = 500, seed: int = 7) -> list[dict[str, Any]]:
    """Rows as the original tool writes them: question_id, model, and two games with a score (None: not read)."""
    rng = random.Random(seed)
    rows = []
    for model, better in MODELS.items():
        for number in range(questions):
            quality = rng.gauss(better, 1.2)
            games = []
            for swapped in (False, True):  # the baseline is A in the first game, B in the second
                felt = quality + rng.gauss(0, 0.5) + (0.15 if not swapped else -0.15)
                felt = -felt if not swapped else felt  # in favour of A
                index = sum(felt < edge for edge in (1.5, 0.4, -0.4, -1.5))
                games.append({"score": LABELS[index] if rng.random() > 0.01 else None})
            rows.append({"question_id": f"q{number}", "model": model, "games": games})
    return rows


def styles(questions: int = 500, seed: int = 8) -> dict[str, dict[str, dict[str, int]]]:
    """model -> question -> counts of tokens, headers, list items and bold words; the wordy one has more of each."""
    rng = random.Random(seed)
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for model in (BASELINE, *MODELS):
        more = 1.8 if model == "wordy" else 1.0
        counts[model] = {
            f"q{number}": {
                "tokens": int(rng.gauss(400, 120) * more) + 300,
                "headers": int(rng.random() * 4 * more),
                "lists": int(rng.random() * 9 * more),
                "bold": int(rng.random() * 6 * more),
            }
            for number in range(questions)
        }
    return counts
