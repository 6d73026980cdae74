"""From labels to scores and battles, by hand: whose win it is, how much it weighs, and what is left out."""

import pytest

from secondhalf.evaluate.arena_hard.games import arena_hard_requests, arena_hard_scores, make_battles, parse_label
from secondhalf.evaluate.arena_hard.prompts import ArenaHardQuestion
from secondhalf.evaluate.judge.both_orders import steps_for_arm

PROMPTS = [ArenaHardQuestion(id, f"Question {id}?", "") for id in "abcdef"]
# In favour of what stands first: the baseline in game 1, the arm in game 2.
VERDICTS = {
    **{"a#1": -2.0, "a#2": 1.0},  # the arm, clearly and then slightly
    **{"b#1": 1.0, "b#2": -2.0},  # the baseline, slightly and then clearly
    **{"c#1": 1.0, "c#2": 1.0},  # what stands first
    **{"d#1": 0.0, "d#2": 2.0},  # a tie, then the arm clearly
    **{"e#1": -0.5, "e#2": -1.0 / 3},  # a jury's mean: half a step is a win of the arm's, a third a tie
    **{"f#1": -1.0},  # one game alone
}
STEPS = steps_for_arm(VERDICTS)


def test_a_verdict_on_the_first_answer_is_turned_to_the_arms_favour() -> None:
    assert STEPS == {
        **{"a#1": 2.0, "a#2": 1.0, "b#1": -1.0, "b#2": -2.0, "c#1": -1.0, "c#2": 1.0, "d#1": 0.0, "d#2": 2.0},
        **{"e#1": 0.5, "e#2": -1.0 / 3, "f#1": 1.0},
    }


def test_scores_are_the_arms() -> None:
    scores = {(score.id, score.figure): score.value for score in arena_hard_scores(PROMPTS, STEPS)}
    assert scores == {
        **{("a", "arena_hard.win"): 1.0, ("a", "arena_hard.settled"): 1.0},
        **{("b", "arena_hard.win"): 0.0, ("b", "arena_hard.settled"): 0.0},
        **{("c", "arena_hard.win"): 0.5, ("c", "arena_hard.settled"): 0.5},
        **{("d", "arena_hard.win"): 0.75, ("d", "arena_hard.settled"): 0.5},
        **{("e", "arena_hard.win"): 0.75, ("e", "arena_hard.settled"): 0.5},
    }


def test_a_battle_says_what_the_baseline_won_and_a_clear_game_weighs_three() -> None:
    answers = {prompt.id: "one two three" for prompt in PROMPTS}
    baseline = {prompt.id: "# Head\n\n- one" for prompt in PROMPTS}
    battles = make_battles("taught", PROMPTS, STEPS, answers, baseline)
    assert [(battle.question, battle.won, battle.weight) for battle in battles] == [
        ("a", 0.0, 3), ("a", 0.0, 1), ("b", 1.0, 1), ("b", 1.0, 3), ("c", 1.0, 1), ("c", 0.0, 1),
        ("d", 0.5, 1), ("d", 0.0, 3), ("e", 0.0, 1), ("e", 0.5, 1), ("f", 0.0, 1),
    ]  # fmt: skip
    assert {(battle.a, battle.b) for battle in battles} == {("baseline", "taught")}
    # Units, headers, list items, bold runs: the baseline's first.
    assert {battle.style for battle in battles} == {((2.0, 1.0, 1.0, 0.0), (3.0, 0.0, 0.0, 0.0))}


@pytest.mark.parametrize(("step", "weight"), [(1.0, 1), (1.5, 1), (1.6, 3), (-1.5, 1), (-1.6, 3)])
def test_what_is_clear_of_a_jurys_mean(step: float, weight: int) -> None:
    [battle] = make_battles("taught", PROMPTS[:1], {"a#1": step}, {"a": "x"}, {"a": "y"})
    assert battle.weight == weight


def test_the_baseline_is_a_in_the_first_game_and_b_in_the_second() -> None:
    first, second = arena_hard_requests(PROMPTS[:1], {"a": "the arm's"}, {"a": "the baseline's"}, 100)
    assert (first.id, second.id) == ("a#1", "a#2")
    for request, order in ((first, ("the baseline's", "the arm's")), (second, ("the arm's", "the baseline's"))):
        (_, system), (_, user) = request.messages
        assert system.startswith("Please act as an impartial judge")
        assert user.index("Question a?") < user.index(order[0]) < user.index(order[1])
        assert order[0] in user.partition("Assistant A's Answer|>\n")[2].partition("<|The End")[0]


@pytest.mark.parametrize(
    ("reply", "step"),
    [
        ("My verdict: [[A>>B]]", 2.0), ("[[A>B]]", 1.0), ("[[A=B]]", 0.0), ("[[B>A]]", -1.0), ("[[B>>A]]", -2.0),
        ("[[A>B]] ... so [[A>B]]", 1.0), ("[[A>B]] or [[B>A]]", None), ("[[B=A]]", None), ("A>B", None), ("", None),
    ],
)  # fmt: skip
def test_labels(reply: str, step: float | None) -> None:
    assert parse_label(reply) == step
