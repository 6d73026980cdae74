"""Two games an instruction, in both orders, where AlpacaEval 2 plays one in a random order.

Figure, one value an instruction (a Score): alpaca_eval.win (1 won, 0 lost, between them where it counts how sure a judge is;
the mean of both games). The length-controlled rates are no means of such values: statistics/length_controlled.py makes them.
"""

from collections.abc import Mapping, Sequence

from secondhalf.evaluate.alpaca_eval import wording
from secondhalf.evaluate.alpaca_eval.prompts import AlpacaEvalInstruction
from secondhalf.evaluate.judge.both_orders import paired_requests
from secondhalf.models.request import Request
from secondhalf.rows import Score

ALPACA_EVAL_VERSION = (2,)
LABELS = ("m", "M")
"""What the judge may reply: the first output, the second."""


def alpaca_eval_requests(
    prompts: Sequence[AlpacaEvalInstruction], answers: Mapping[str, str], baseline: Mapping[str, str], longest: int
) -> list[Request]:
    """Two requests to the judge for each instruction: ID#1 with the baseline as m, ID#2 with the baseline as M."""
    return paired_requests(
        prompts, answers, baseline, longest, system=wording.SYSTEM, question=wording.question, markers=wording.MARKERS
    )


def parse_label(reply: str) -> float | None:
    """1 for m, -1 for M, the two replies that the judge may give; None for any other."""
    return dict(zip(LABELS, (1.0, -1.0), strict=True)).get(reply.strip().strip("\"'`*. \n"))


def alpaca_eval_scores(prompts: Sequence[AlpacaEvalInstruction], steps: Mapping[str, float]) -> list[Score]:
    """Scores from the arm's steps by ID#GAME, -1 to 1; an instruction whose two games were not both read has no score."""
    results = []
    for prompt in prompts:
        games = [steps[id] for id in (f"{prompt.id}#1", f"{prompt.id}#2") if id in steps]
        if len(games) == 2:
            results.append(Score(prompt.id, "alpaca_eval.win", sum(0.5 + step / 2 for step in games) / 2))
    return results
