"""Win rates from battles: held to arena-hard-auto's own figures, to closed forms, and to what cannot be known."""

import json
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.statistics.bradley_terry import Battle, WinRate, win_rates
from support.arena_judgments import BASELINE, judgments, styles

WON = {"A>>B": (1, 3), "A>B": (1, 1), "A=B": (0.5, 1), "B>A": (0, 1), "B>>A": (0, 3)}
ORIGINAL = json.loads(Path(__file__).with_name("arena_hard.json").read_text("utf-8"))


def battles() -> list[Battle]:
    counts, games = styles(), []
    for row in judgments():
        for swapped, game in enumerate(row["games"]):
            if game["score"] is None:
                continue
            won, weight = WON[game["score"]]
            # The original always names the baseline a.
            style = tuple(
                tuple(map(float, counts[name][row["question_id"]].values())) for name in (BASELINE, row["model"])
            )
            games.append(Battle(row["question_id"], BASELINE, row["model"], 1 - won if swapped else won, weight, style))
    return games


@pytest.mark.parametrize("kind", ["plain", "styled"])
def test_as_the_original_tool_within_a_twentieth_of_its_interval(kind: str) -> None:
    ours = win_rates(battles(), BASELINE, styled=kind == "styled", by="battles", rounds=4000)
    for one in ours:
        score, lower, upper = ORIGINAL[kind][one.model]
        allowed = 0.05 * (upper - lower)
        assert one.rate * 100 == pytest.approx(score, abs=max(allowed, 0.01))
        assert one.low * 100 == pytest.approx(lower, abs=max(allowed, 0.01))
        assert one.high * 100 == pytest.approx(upper, abs=max(allowed, 0.01))


def test_against_one_baseline_the_rate_is_the_weighted_share() -> None:
    games = [Battle(f"q{n}", "base", "new", 0.0, 3) for n in range(2)] + [
        Battle("q3", "base", "new", 1.0),
        Battle("q4", "base", "new", 0.5),
    ]
    [first, second] = win_rates(games, "base", rounds=50)
    assert (first.model, second) == ("new", WinRate("base", 0.5, 0.5, 0.5))
    assert first.rate == pytest.approx((3 + 3 + 0.5) / 8)


def test_questions_are_resampled_whole() -> None:
    # Every question twice: as battles they would look like twice the evidence.
    games = [Battle(f"q{n % 40}", "base", "new", float(n % 40 < 15)) for n in range(80)]
    by_question, by_battle = (win_rates(games, "base", by=by, rounds=2000)[0] for by in ("questions", "battles"))
    assert by_question.rate == by_battle.rate
    assert by_question.high - by_question.low == pytest.approx(1.41 * (by_battle.high - by_battle.low), rel=0.1)


def test_a_longer_answer_that_wins_for_its_length_alone_is_no_better() -> None:
    # In each battle the longer answer wins; the new model's are usually, not always, longer.
    games = []
    for n in range(400):
        longer = n % 4 != 0
        style = ((100.0,), (200.0 if longer else 50.0,))
        won = 0.0 if longer else 1.0
        games.append(Battle(f"q{n}", "base", "new", 1 - won if n % 10 == 1 else won, 1, style))
    plain, styled = (
        next(r for r in win_rates(games, "base", styled=s, rounds=20) if r.model == "new") for s in (False, True)
    )
    assert plain.rate > 0.6
    assert abs(styled.rate - 0.5) < abs(plain.rate - 0.5)


def test_a_model_that_wins_everything_is_rated_without_an_overflow() -> None:
    [first, _] = win_rates([Battle(f"q{n}", "base", "new", 0.0) for n in range(10)], "base", rounds=20)
    assert 0.99 < first.rate <= 1


def test_no_battle_no_rate() -> None:
    with pytest.raises(UserError, match="No battle against base"):
        win_rates([], "base")
    with pytest.raises(UserError, match="No battle against base"):
        win_rates([Battle("q", "one", "two", 1.0)], "base")
