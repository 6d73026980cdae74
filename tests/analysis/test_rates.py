"""What the length-controlled rate is made of: a row an answer, whose two games were both read."""

from secondhalf.analysis.rates import _answers
from secondhalf.statistics.bradley_terry import Battle


def game(question: str, baseline_won: float, theirs: int = 100, ours: int = 130) -> Battle:
    return Battle(question, "baseline", "arm", baseline_won, style=((float(theirs),), (float(ours),)))


def test_two_games_are_one_row_and_one_alone_is_none() -> None:
    played = [game("a", 1.0), game("b", 0.0, ours=60), game("a", 0.0), game("c", 0.0), game("b", 0.0, ours=60)]
    assert _answers(played) == [(0.5, 30.0, "a"), (1.0, -40.0, "b")]
