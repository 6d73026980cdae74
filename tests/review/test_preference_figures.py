"""Which arm's answers people prefer, by the statistics of every other comparison."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from secondhalf.review.comparisons import ComparisonItems
from secondhalf.review.log import LogSnapshot, ReviewDecision
from secondhalf.review.preference_figures import PreferenceFigure, preference_figures
from secondhalf.statistics import compare

ARMS = ("taught", "original")
TEXTS = {f"q{n}": (f"Question {n}?", "en", "") for n in range(40)}


def compared(seeds: int = 1, training: tuple[int, int] = (0, 0), same: tuple[str, ...] = ()) -> ComparisonItems:
    """Two arms' answers to forty prompts under so many seeds."""
    answers = [
        (
            {id: f"One {id} {seed}" for id in TEXTS},
            {id: f"{'One' if id in same else 'Two'} {id} {seed}" for id in TEXTS},
        )
        for seed in range(seeds)
    ]
    return ComparisonItems("own", ARMS, TEXTS, answers, 1, training)


Decide = Callable[[str, int], str]


def figure_of(source: ComparisonItems, decide: Decide, *more: ReviewDecision) -> PreferenceFigure:
    rows = []
    for id, items in source.of_prompts().items():
        for item in items:
            action = decide(id, item.seed)
            if action:
                rows.append(
                    ReviewDecision("aki", "reviewer", "comparison", item.item, source.subject, id, action, item.seen)
                )
    standing: dict[str, dict[str, ReviewDecision]] = {}
    for row in (*rows, *more):
        standing.setdefault(row.item, {})[row.reviewer] = row
    (figure,) = preference_figures(LogSnapshot(standing, rows), [source])
    return figure


def first_in(share: int) -> Decide:
    return lambda id, _: "first" if int(id[1:]) < share else "second"


def test_the_interval_is_that_of_every_comparison():
    figure = figure_of(compared(), lambda id, _: "first" if id < "q3" else "tie" if id < "q35" else "second")
    assert figure.share
    assert figure.comparison
    points = [1.0] * figure.first + [0.5] * figure.ties + [0.0] * figure.second
    assert (figure.first + figure.second + figure.ties, figure.share.mean) == (40, pytest.approx(sum(points) / 40))
    theirs = compare(sorted(points), [1 - value for value in sorted(points)])
    assert figure.comparison.difference == pytest.approx(theirs.difference)
    assert figure.comparison.low == pytest.approx(theirs.low, abs=0.03)


@pytest.mark.parametrize(("won", "shown"), [(36, True), (21, False), (4, True)])
def test_noise_is_called_noise(won: int, shown: bool):
    figure = figure_of(compared(), first_in(won))
    assert figure.comparison
    assert figure.comparison.noise is not shown
    assert (figure.comparison.difference > 0) == (won > 20)


def test_a_trained_arm_shows_nothing_under_one_seed_and_does_under_three():
    one = figure_of(compared(1, (1, 0)), first_in(40)).comparison
    assert one
    assert one.noise
    assert one.uncovered
    three = figure_of(compared(3, (3, 3)), first_in(36)).comparison
    assert three
    assert (three.noise, three.prompts, three.seeds_a) == (False, 40, 3)
    # Seeds that nobody was shown do not count.
    assert compared(1, (3, 3)).training_seeds == (1, 1)


def test_a_prompt_counts_when_all_its_seeds_are_judged():
    def half(id: str, seed: int) -> str:
        return "first" if seed < 2 or int(id[1:]) < 10 else ""

    figure = figure_of(compared(3), half)
    assert (figure.first, figure.ties, figure.second) == (10, 0, 0)


def test_where_both_say_the_same_under_a_seed_it_is_a_tie_and_under_all_no_question():
    source = compared(2, same=("q1",))
    assert "q1" not in source.of_prompts()
    answers = [({"q0": "A"}, {"q0": "A"}), ({"q0": "A"}, {"q0": "B"}), ({"q0": "A"}, {"q0": "C"})]
    source = ComparisonItems("own", ARMS, {"q0": ("?", "en", "")}, answers, 1)
    figure = figure_of(source, lambda *_: "first")
    assert figure.first == 1  # two wins and a tie
    assert figure.share is None  # one prompt has no interval


def test_votes_on_other_texts_do_not_count_and_a_lead_s_counts_alone():
    source = compared()
    item = source.of_prompts()["q0"][0]
    row = ReviewDecision("ben", "reviewer", "comparison", item.item, source.subject, "q0", "second", item.seen)
    assert figure_of(source, first_in(40), row).ties == 1  # aki and ben differ
    assert figure_of(source, first_in(40), replace(row, seen="other")).ties == 0
    assert figure_of(source, first_in(40), replace(row, reviewer="lea", role="lead")).second == 1


def test_the_interval_holds_the_truth_as_often_as_it_says():
    """People who prefer the first arm's answer six times in ten, 200 reviews of 40 prompts."""
    source, held = random.Random(3), 0
    for _ in range(200):
        won = {id for id in TEXTS if source.random() < 0.6}
        comparison = figure_of(compared(), lambda id, _, won=won: "first" if id in won else "second").comparison
        assert comparison
        held += comparison.low <= 0.2 <= comparison.high
    assert held / 200 > 0.9


def test_the_answers_to_one_prompt_follow_each_other():
    order: Any = compared(3).orders()["compare"]
    prompts = [compared(3).item(name).id for name in order]  # type: ignore[union-attr]
    assert prompts == [id for id in dict.fromkeys(prompts) for _ in range(3)]
    assert len(order) == len(set(order)) == 120


def test_answers_that_are_the_same_are_looked_up_once():
    """The processor's seconds: eleven when each prompt went through all of them."""
    texts = {str(n): ("Question?", "en", "") for n in range(16_000)}
    one, other = (dict.fromkeys(texts, "x"), {id: "x" if int(id) % 2 else "y" for id in texts})
    source, start = ComparisonItems("own", ARMS, texts, [(one, other)], 1), time.thread_time()
    assert preference_figures(LogSnapshot({}, []), [source]) == []
    assert time.thread_time() - start < 3
