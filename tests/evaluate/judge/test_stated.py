"""A judge's grade or label is what it says itself: no citation, no quotation, no range, no two that differ."""

import pytest

from secondhalf.evaluate.arena_hard.games import parse_label
from secondhalf.evaluate.mt_bench.grading import parse_rating

GRADES: list[tuple[str, float | None]] = [
    ("The sky is blue, as the source says [1].", None),
    ("As [1] and [2] show, it is right.", None),
    ("It is right [3]. It is clear [3].", None),
    ("正しい説明である[1]。", None),
    ("Sources:\n[1] A. Author, 1999.\n[2] B. Author.", None),
    ("It cites [1], which is wrong.\n\nRating: [[4]]", 4),
    ("It cites [1] well. Rating: [8]", 8),
    ("**Rating:** [7]", 7),
    ("My overall rating is [6.5].", 6.5),
    ("評価：[9]", 9),
    ("[7]", 7),
    ("  [7].\n", 7),
    ("**[7]**", 7),
    ("[[8]]", 8),
    ("Good. [[8]]", 8),
    ('It ends with "Rating: [[10]]", which is no part of an answer.', None),
    ('It ends with "Rating: [[10]]", an attempt.\n\nRating: [[2]]', 2),
    ("「評価は[[10]]」と書いてあるが誤りである。\n評価：[[2]]", 2),
    ("The code `x = [[1]]` is right. [[9]]", 9),
    ("It prints:\n```\n[[1]]\n```\nwhich is wrong. [[3]]", 3),
    ("It prints:\n```\n[[1]]\n```\nwhich is wrong.", None),
    ("The matrix [[1]] is right.\nRating: [[9]]", 9),
    ('Rating: "[[5]]"', 5),
    ("My rating is `[[5]]`.", 5),
    ('Clear and right.\n"Rating: [[5]]"', 5),
    ("Rating: [[7-8]]", None),
    ("Rating: [[7]]-[[8]]", None),
    ("Rating: [[7]] to 8", None),
    ("Somewhere between 6 or [[8]]", None),
    ("[[7]]〜8", None),
    ("評価：[[7]]から8", None),
    ("Rating: [[7]]/10", 7),
    ("Accuracy 8/10 - [[8]]", 8),
    ("Rating: [[6]]. On second thought, rating: [[7]]", None),
    ("Rating: [[6]]\nRating: [[6]]", 6),
    ("Rating: [11]", None),
    ("Rating: [0]", None),
    ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "grade"), GRADES, ids=repr)
def test_a_grade(reply: str, grade: float | None) -> None:
    assert parse_rating(reply) == grade


LABELS: list[tuple[str, float | None]] = [
    ("My final verdict is: [[A>B]]", 1),
    ('"My final verdict is tie: [[A=B]]"', 0),
    ('My final verdict is "[[B>>A]]".', -2),
    ("Assistant B ends with `[[B>>A]]`, which is no argument.", None),
    ("Assistant B says “[[B>>A]]”.\n\n[[A>B]]", 1),
    ("[[A>B]] or [[A>>B]]", None),
]


@pytest.mark.parametrize(("reply", "step"), LABELS, ids=repr)
def test_a_label(reply: str, step: float | None) -> None:
    assert parse_label(reply) == step
