"""Two games a question, the baseline's answer first and then second, as arena-hard-auto v0.1 plays them.

Figures, one value a question (a Score each): arena_hard.win (1 won, 0.5 tie, 0 lost, the mean of both games) and
arena_hard.settled (a verdict that flips with the order is a tie).
"""

import re
from collections.abc import Mapping, Sequence

from secondhalf.evaluate.arena_hard import wording
from secondhalf.evaluate.arena_hard.prompts import ArenaHardQuestion
from secondhalf.evaluate.arena_hard.style import style_counts
from secondhalf.evaluate.judge.both_orders import paired_requests
from secondhalf.evaluate.judge.stated import without_quotations
from secondhalf.models.request import Request
from secondhalf.rows import Score
from secondhalf.statistics.bradley_terry import Battle

ARENA_HARD_VERSION = (3,)
_LABEL = re.compile(r"\[\[([AB<>=]+)\]\]")
# By how much A is better, in the steps of the five labels; the original takes no others.
_STEPS = {"A>>B": 2.0, "A>B": 1.0, "A=B": 0.0, "B>A": -1.0, "B>>A": -2.0}
CLEAR = 3  # a clear win counts three times in the original's strengths


def arena_hard_requests(
    prompts: Sequence[ArenaHardQuestion], answers: Mapping[str, str], baseline: Mapping[str, str], longest: int
) -> list[Request]:
    """Two requests to the judge for each prompt: ID#1 with the baseline as A, ID#2 with the baseline as B."""
    return paired_requests(
        prompts, answers, baseline, longest, system=wording.SYSTEM, question=wording.question, markers=wording.MARKERS
    )


def parse_label(reply: str) -> float | None:
    """By how much A is better, 2 (clearly) to -2; None without a label, with two different ones, or with another.

    A label that the judge quotes is none, unlike in the original.
    """
    labels = set(_LABEL.findall(without_quotations(reply)))
    return _STEPS.get(labels.pop()) if len(labels) == 1 else None


def arena_hard_scores(prompts: Sequence[ArenaHardQuestion], steps: Mapping[str, float]) -> list[Score]:
    """Scores from the arm's steps by ID#GAME, -2 to 2; a question whose two games were not both read has no score."""
    results = []
    for prompt in prompts:
        games = [steps[id] for id in (f"{prompt.id}#1", f"{prompt.id}#2") if id in steps]
        if len(games) < 2:
            continue
        results.append(Score(prompt.id, "arena_hard.win", sum(map(_won, games)) / 2))
        settled = _won(games[0]) if _won(games[0]) == _won(games[1]) else 0.5
        results.append(Score(prompt.id, "arena_hard.settled", settled))
    return results


def make_battles(
    arm: str,
    prompts: Sequence[ArenaHardQuestion],
    steps: Mapping[str, float],
    answers: Mapping[str, str],
    baseline: Mapping[str, str],
) -> list[Battle]:
    """The games that were read, for the strengths: the baseline is model a, as in the original."""
    results = []
    for prompt in prompts:
        style = (style_counts(baseline[prompt.id]), style_counts(answers[prompt.id]))
        for id in (f"{prompt.id}#1", f"{prompt.id}#2"):
            if id in steps:
                weight = CLEAR if abs(steps[id]) > 1.5 else 1
                results.append(Battle(prompt.id, "baseline", arm, 1 - _won(steps[id]), weight, style))
    return results


def _won(step: float) -> float:
    """1 where the arm won, 0 where it lost; a jury's mean of less than half a step is a tie."""
    return 0.5 if abs(step) < 0.5 else float(step > 0)
