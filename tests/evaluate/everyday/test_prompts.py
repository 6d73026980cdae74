"""The everyday prompts: their good and bad answers, their parts, and what a row has to look like."""

import json
from collections import Counter
from itertools import pairwise

import pytest

from secondhalf.errors import UserError
from secondhalf.evaluate.everyday.checks import run_checks, share_passed
from secondhalf.evaluate.everyday.checks.kinds import KINDS
from secondhalf.evaluate.everyday.prompts import EverydayPrompt, everyday_part, load_everyday, parse_everyday
from secondhalf.text.language import detect

PROMPTS = load_everyday()
GUARDS = {"empty", "echo", "loop"}

each = pytest.mark.parametrize("prompt", PROMPTS, ids=[prompt.id for prompt in PROMPTS])


def test_ids_are_unique_ordered_and_name_the_language() -> None:
    assert all(before.id < after.id for before, after in pairwise(PROMPTS))
    assert all(prompt.id.startswith(f"{prompt.language}-") for prompt in PROMPTS)


def test_there_are_enough_in_both_languages() -> None:
    languages = Counter(prompt.language for prompt in PROMPTS)
    assert languages["en"] >= 300
    assert languages["ja"] >= 290
    assert len({prompt.text for prompt in PROMPTS}) == len({prompt.good for prompt in PROMPTS}) == len(PROMPTS)


def test_every_kind_is_used_by_eight_prompts_and_both_languages() -> None:
    used = {kind: [p.language for p in PROMPTS if any(c["kind"] == kind for c in p.checks)] for kind in KINDS}
    assert {kind: len(by) for kind, by in used.items() if len(by) < 8} == {}
    assert {kind for kind, by in used.items() if set(by) != {"en", "ja"}} == set()


def test_two_thirds_look_at_the_content() -> None:
    assert sum(any(c["kind"] == "keyword" for c in p.checks) for p in PROMPTS) >= len(PROMPTS) * 2 / 3


@each
def test_the_good_answer_passes_and_the_bad_one_fails_its_check(prompt: EverydayPrompt) -> None:
    assert [verdict for verdict in run_checks(prompt, prompt.good) if not verdict.passed] == []
    bad = run_checks(prompt, prompt.bad)
    assert prompt.failing in {verdict.check for verdict in bad if not verdict.passed}
    assert all(verdict.passed for verdict in bad if verdict.check in GUARDS), "bad by its content, not by a guard"


@each
def test_an_empty_echoed_or_looping_answer_fails_every_check(prompt: EverydayPrompt) -> None:
    first = prompt.good.split()[0]
    for answer in ("", " \n。", prompt.text, prompt.text.upper(), (prompt.good + "\n") * 4, (first + " ") * 30):
        checks = [verdict for verdict in run_checks(prompt, answer) if verdict.check not in GUARDS]
        assert checks
        assert not any(verdict.passed for verdict in checks), answer


@each
def test_a_row_is_well_formed(prompt: EverydayPrompt) -> None:
    assert 1 <= len(prompt.checks) <= 3
    assert prompt.category
    assert detect(prompt.good)[0] == prompt.language
    solid = len("".join(prompt.good.split()))
    size = len(prompt.good.split()) if prompt.language == "en" else solid
    assert (10 if prompt.language == "en" else 20) <= size <= (60 if prompt.language == "en" else 120)


@pytest.mark.parametrize(
    ("language", "every"),
    [
        ("en", 4),
        ("ja", 4),
        pytest.param("en", 1, marks=pytest.mark.soak),
        pytest.param("ja", 1, marks=pytest.mark.soak),
    ],
)
def test_a_good_answer_to_another_prompt_seldom_passes(language: str, every: int) -> None:
    """Three in a hundred over all prompts, and a quarter with any one of them; `every`: so many prompts apart are the others."""
    prompts = [prompt for prompt in PROMPTS if prompt.language == language]
    passed = []
    for number, mine in enumerate(prompts):
        others = [
            share_passed(mine, other.good) == 1 for other in prompts[number % every :: every] if other is not mine
        ]
        assert sum(others) / len(others) < 0.25, mine.id
        passed += others
    assert sum(passed) / len(passed) < 0.03


def test_the_parts_are_disjoint_whole_and_large_in_both_languages() -> None:
    choose, locked = everyday_part(PROMPTS, "choose"), everyday_part(PROMPTS, "locked")
    assert sorted(prompt.id for prompt in choose + locked) == [prompt.id for prompt in PROMPTS]
    for part in (choose, locked):
        assert len(part) >= 70
        assert min(Counter(prompt.language for prompt in part).values()) >= 20
        assert {prompt.language for prompt in part} == {"en", "ja"}


def test_a_part_does_not_change_when_prompts_are_added() -> None:
    few = everyday_part(PROMPTS[::3], "locked")
    assert few == [prompt for prompt in everyday_part(PROMPTS, "locked") if prompt in PROMPTS[::3]]
    # Pinned: a different split would let settings be chosen on what claims are made on.
    assert [p.id for p in everyday_part(PROMPTS[:4], "choose")] == ["en-002", "en-003", "en-004"]


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(UserError, match="choose or locked"):
        everyday_part(PROMPTS, "all")  # type: ignore[arg-type]


ROW = {"id": "en-1", "language": "en", "category": "fact", "prompt": "Hi", "checks": [], "good": "Hello"}


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[1]",
        "[" * 100_000,
        json.dumps({**ROW, "colour": "red"}),
        json.dumps({k: v for k, v in ROW.items() if k != "good"}),
        json.dumps({k: v for k, v in ROW.items() if k != "checks"}),
        json.dumps({**ROW, "checks": 3}),
    ],
)
def test_a_broken_line_is_named(line: str) -> None:
    with pytest.raises(UserError, match=r"mine\.jsonl, line 2"):
        parse_everyday([json.dumps(ROW), line], "mine.jsonl")


def test_an_id_that_occurs_twice_is_named() -> None:
    with pytest.raises(UserError, match="en-1 occurs more than once"):
        parse_everyday([json.dumps(ROW), "", json.dumps(ROW)], "mine.jsonl")
