"""Figures that move although nothing was learned: no figure is left out, and two of them can be seen to move."""

import pytest
import torch

from secondhalf.analysis.figures import FIGURES
from secondhalf.evaluate.benchmarks import BENCHMARKS
from secondhalf.evaluate.everyday.probes import probe
from secondhalf.evaluate.everyday.prompts import load_everyday
from secondhalf.evaluate.everyday.stage import score_prompt
from secondhalf.evaluate.invariance import MOVES_WITH, moves_with
from secondhalf.rows import Answer


def test_every_figure_of_the_everyday_prompts_says_what_it_moves_with():
    assert set(MOVES_WITH) == {*FIGURES, *probe("", "", "stop", "en"), "entropy", "divergence"}
    assert {figure for figure, nuisances in MOVES_WITH.items() if not nuisances} == {"minimal_pairs"}


def test_what_was_never_tried_is_called_so():
    assert moves_with("mt_bench.grade") == moves_with("another") == ("untested",)
    assert {moves_with(f"{name}.strict") for name in BENCHMARKS if name.startswith("if")} == {("format", "loops")}
    assert moves_with("ifeval_ja.guarded_cut") == ("format",)


@pytest.mark.parametrize("figure", ["relevance", "margin"])
def test_sharpness_alone_moves(figure: str):
    values = [_figures(scale)[figure] for scale in (0.8, 1.0, 1.2)]
    assert values == sorted(values)
    assert values[2] - values[1] > 0.05


def test_sharpness_alone_does_not_move_ranking_or_checks():
    assert {(_figures(scale)["ranking"], _figures(scale)["checks"]) for scale in (0.8, 1.0, 1.5)} == {(1.0, 0.0)}


def _figures(scale: float) -> dict[str, float]:
    """The figures of a model with its logits times `scale`, of which only those of the right response's one token count."""
    prompt, other = load_everyday()[:2]
    own, crossed = (
        float(torch.log_softmax(torch.tensor(logits) * scale, 0)[0]) for logits in ([1.0, 0.0, -1.0], [0.0, 0.5, 0.0])
    )
    pairs = {(prompt.id, prompt.id): own, (other.id, other.id): own}
    pairs |= {(prompt.id, other.id): crossed, (other.id, prompt.id): crossed}
    scores = score_prompt(prompt, Answer(prompt.id, "", "length", 0), [other], pairs)
    return {score.figure: score.value for score in scores}
