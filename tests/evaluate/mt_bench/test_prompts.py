"""MT-Bench's files are read with distrust; our corrected references are right, where a machine can tell."""

import itertools
import json
import math
import os
import re
import statistics
from pathlib import Path
from typing import Any

import pytest

from secondhalf.errors import UserError
from secondhalf.evaluate.benchmark import BenchmarkFiles
from secondhalf.evaluate.mt_bench.prompts import corrected_references, load_mt_bench

# Listed in FastChat's pull request 3158.
WRONG = {104, 105, 109, 111, 113, 114, 120, 122, 124, 125, 126, 128, 130}


def data(name: str) -> Path:
    path = Path(os.environ.get("SECONDHALF_DATA", ""), "mt_bench", name)
    if not path.is_file():
        assert "CI" not in os.environ, "SECONDHALF_DATA names no folder with mt_bench/"
        pytest.skip("needs the benchmark files: set SECONDHALF_DATA")
    return path


def test_the_published_files() -> None:
    questions, references = data("question.jsonl"), data("reference_answer_gpt-4.jsonl")
    ours, theirs = (load_mt_bench(BenchmarkFiles(questions, references, published)) for published in (False, True))
    assert len(ours) == 80
    assert sum(prompt.reference is not None for prompt in ours) == 30
    assert {int(a.id) for a, b in zip(ours, theirs, strict=True) if a.reference != b.reference} == WRONG
    assert [prompt.turns for prompt in ours] == [prompt.turns for prompt in theirs]


def test_thirteen_are_corrected() -> None:
    assert {int(id) for id in corrected_references()} == WRONG


def code(id: int, turn: int) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", corrected_references()[str(id)][turn], re.DOTALL):
        exec(block, namespace)
    return namespace


def test_sums_are_right() -> None:
    # 111: the shoelace formula, and a right angle at the origin.
    assert abs(-1 * 3 - 3 * 1) / 2 == 3
    assert "is 3." in corrected_references()["111"][0]
    assert math.dist((-1, 1), (3, 3)) ** 2 / 4 == pytest.approx(5)
    assert "5π" in corrected_references()["111"][1]
    dice = [sum(pair) for pair in itertools.product(range(1, 7), repeat=2)]
    assert sum(total >= 3 for total in dice) == 35
    assert all(total >= 3 or total % 2 == 0 for total in dice)
    assert 4 * 2**3 - 9 * 2 - 14 == 0
    root = complex(-1, math.sqrt(3) / 2)
    assert abs(4 * root**3 - 9 * root - 14) < 1e-12


def test_the_parking_spaces_have_one_solution() -> None:
    people, colours = ("Alice", "Bert", "Cheryl", "David", "Enid"), ("yellow", "green", "purple", "red", "blue")
    solutions = [
        (who, cars)
        for who in itertools.permutations(people)
        for cars in itertools.permutations(colours)
        if cars[0] == "red" and cars[4] == "purple" and cars[3] == "yellow" and who[4] == "David"
        and abs(cars.index("red") - cars.index("blue")) == abs(cars.index("blue") - cars.index("green")) == 1
        and cars.index("red") != cars.index("green")
        and abs(who.index("Alice") - who.index("David")) == 1 and who.index("Enid") == cars.index("green")
        and abs(who.index("Bert") - who.index("Cheryl")) == abs(who.index("Bert") - who.index("Enid")) == 1
    ]  # fmt: skip
    assert [(who[3], cars[::-1]) for who, cars in solutions] == [
        ("Alice", ("purple", "yellow", "green", "blue", "red"))
    ]


def test_the_sequence_of_three() -> None:
    numbers = [0, -1, -1]
    while len(numbers) < 7:
        numbers.append(sum(numbers[-3:]))
    assert ", ".join(map(str, numbers)) + ", ..." in corrected_references()["122"][1]


@pytest.mark.parametrize("turn", [0, 1])
def test_medians(turn: int) -> None:
    median = code(126, turn)["median"]
    for a, b in itertools.product([[], [1], [1, 2], [2, 2, 9], [-5, 0, 4, 8]], repeat=2):
        if a or b:
            assert median(a, b) == statistics.median(a + b)


def test_trees_are_counted() -> None:
    assert [code(128, 0)["full_binary_trees"](n) for n in range(10)] == [0, 1, 0, 1, 0, 2, 0, 5, 0, 14]
    assert [code(128, 1)["full_ternary_trees"](n) for n in (0, 1, 2, 3, 4, 7, 10, 13)] == [0, 1, 0, 0, 1, 3, 12, 55]


def test_common_elements_are_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    code(130, 0)["print_common"]([1, 2, 2, 3, 5], [3, 2, 2, 7])
    assert capsys.readouterr().out.split() == ["2", "3"]
    assert code(130, 1)["common"]([1, 2, 2, 3, 5], [3, 2, 2, 7]) == [3, 2]


@pytest.mark.parametrize("turn", [0, 1])
def test_the_highest_ancestor_is_the_root(turn: int) -> None:
    namespace = code(125, turn)
    node = namespace["Node"]
    low, other = node(1), node(2)
    middle = node(3, low, other) if turn == 0 else node(3, [low, other])
    root = node(4, middle, None) if turn == 0 else node(4, [middle])
    assert namespace["highest_common_ancestor"](root, low, other) is root
    assert namespace["highest_common_ancestor"](root, low, node(1)) is None


def test_the_table_of_none_fails_as_described() -> None:
    with pytest.raises(TypeError):
        _ = max(None, None)  # type: ignore[type-var]


def write_rows(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


GOOD = {"question_id": 1, "category": "math", "turns": ["One?", "Two?"]}
ANSWER = {"question_id": 1, "choices": [{"turns": ["One.", "Two."]}]}


@pytest.mark.parametrize(
    ("questions", "references", "message"),
    [
        ([{**GOOD, "question_id": None}], [ANSWER], "questions.jsonl, line 1: question_id is None"),
        ([GOOD, GOOD], [ANSWER], "line 2: the question_id 1 was used in line 1"),
        ([{**GOOD, "category": "maths"}], [ANSWER], "category is 'maths'; write one of writing"),
        ([{**GOOD, "turns": ["One?"]}], [ANSWER], "turns is \\['One\\?'\\]; write a list of two texts"),
        ([GOOD], [{**ANSWER, "choices": []}], "references.jsonl, line 1: choices is \\[\\]"),
        ([GOOD], [{**ANSWER, "question_id": 2}], "has no answer to question 1"),
        ([GOOD], [ANSWER, ANSWER], "line 2: the question_id 1 was used in line 1"),
        ([], [ANSWER], "questions.jsonl holds no rows"),
    ],
)
def test_faults_are_named(questions: list[Any], references: list[Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        load_mt_bench(
            BenchmarkFiles(
                write_rows(tmp_path / "questions.jsonl", questions),
                write_rows(tmp_path / "references.jsonl", references),
            )
        )
