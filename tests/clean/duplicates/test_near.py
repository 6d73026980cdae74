"""A document is refused when one before it in the order of ids is at least 0.8 alike: found surely, never wrongly."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.clean.duplicates import near
from secondhalf.clean.duplicates.near import NearDuplicateSettings, check_near_duplicates
from secondhalf.rows import Document
from support.made_text import documents, edited, jaccard, text

DEFAULTS = NearDuplicateSettings()


def _scores(*texts, **changes):
    """Score and reason of each document, in the order of ids."""
    verdicts = check_near_duplicates(documents(*texts), NearDuplicateSettings(**changes))
    assert [verdict.id for verdict in verdicts] == [document.id for document in documents(*texts)]
    assert all(verdict.check == "near_duplicate" and verdict.passed == (not verdict.reason) for verdict in verdicts)
    return [(verdict.score, verdict.reason) for verdict in sorted(verdicts, key=lambda verdict: verdict.id)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The council met on Monday; a vote followed.", "the COUNCIL met,\n on monday a vote — followed"),
        ("町の図書館は、来年の春に移る予定です。", "町の図書館は来年の春に\n移る予定です"),
        ("データは ABC と 12 で成る。", "ﾃﾞｰﾀは ＡＢＣ と １２ で成る"),
        ("two words", "Two words!"),
    ],
)
def test_the_same_words_are_an_exact_duplicate(one, other):
    first = min(documents(one, other), key=lambda document: document.id)
    assert _scores(one, other) == [(0.0, ""), (1.0, f"duplicate: of {first.id}")]


@pytest.mark.parametrize("japanese", [False, True])
@pytest.mark.parametrize("edits", [1, 3, 6, 12, 20, 60])
def test_the_score_is_the_exact_similarity_and_decides(japanese, edits):
    one = text(5, japanese=japanese)
    other = edited(one, edits)
    first, second = sorted(documents(one, other), key=lambda document: document.id)
    exact = jaccard(one, other)
    same = [
        (0.0, ""),
        (
            pytest.approx(exact),
            f"near-duplicate: of {first.id}, {exact:.2f} alike, 0.8 is the limit (clean.near_duplicates.threshold)",
        ),
    ]
    assert _scores(one, other) == (same if exact >= 0.8 else [(0.0, ""), (0.0, "")])
    low = NearDuplicateSettings(threshold=max(exact - 0.02, 0.01))
    assert check_near_duplicates([second, first], low)[0].score == pytest.approx(exact)


@pytest.mark.parametrize(("japanese", "size"), [(False, 250), (False, 60), (True, 200)])
def test_recall_and_precision_near_the_threshold(japanese, size):
    pairs = []
    for seed in range(250):
        one = text(seed, size, japanese)
        pairs.append((one, edited(one, random.Random(seed).randint(1, size // 20), seed)))
    similar = [jaccard(*pair) for pair in pairs]
    assert 40 < sum(value >= 0.8 for value in similar) < 230
    verdicts = check_near_duplicates(documents(*(one for pair in pairs for one in pair)), DEFAULTS)
    refused = [any(not verdict.passed for verdict in verdicts[at : at + 2]) for at in range(0, len(verdicts), 2)]
    assert not any(no and value < 0.8 for no, value in zip(refused, similar, strict=True))
    refused_similar = [no for no, value in zip(refused, similar, strict=True) if value >= 0.8]
    assert sum(refused_similar) >= 0.95 * len(refused_similar)


POOL = [text(seed, 40) for seed in range(4)]
POOL += [edited(each, edits, seed) for each in POOL for seed, edits in enumerate((1, 1, 2))] + [
    "",
    "…",
    "one",
    "One!",
    POOL[0].upper(),
]


@settings(deadline=None, max_examples=40)
@given(st.permutations(POOL))
def test_the_order_changes_no_verdict(texts):
    expected = {verdict.id: verdict for verdict in check_near_duplicates(documents(*POOL), DEFAULTS)}
    rows = documents(*texts)
    assert check_near_duplicates(rows, DEFAULTS) == [expected[row.id] for row in rows]


def test_a_refused_document_still_refuses_those_like_it():
    chain = [text(0)]
    for seed in range(12):
        chain.append(edited(chain[-1], 4, seed))
    rows = sorted(documents(*chain), key=lambda row: row.id)
    for index, verdict in enumerate(check_near_duplicates(rows, DEFAULTS)):
        like = [before.id for before in rows[:index] if jaccard(before.text, rows[index].text) >= 0.8]
        assert verdict.reason.partition(",")[0] == (f"near-duplicate: of {like[0]}" if like else "")


def test_texts_without_words_and_short_texts():
    assert _scores("", "!!", "…", "\x00", "。") == [(0.0, "")] * 5
    assert _scores("a b c", "a b d", "a b", "短い", "短文") == [(0.0, "")] * 5
    assert check_near_duplicates([], DEFAULTS) == []
    assert _scores("same", "Same", enabled=False) == [(0.0, "")] * 2


def test_a_crowd_of_copies_costs_one_comparison_each(monkeypatch):
    compared = 0

    def counted(units, pairs, settings):
        nonlocal compared
        compared += len(pairs)
        return real(units, pairs, settings)

    real = near.jaccard
    monkeypatch.setattr(near, "jaccard", counted)
    one = text(9, 100)
    crowd = [edited(one, 1, seed) for seed in range(1000)] + [one + "!" * count for count in range(10_000)]
    verdicts = check_near_duplicates(documents(*crowd), DEFAULTS)
    assert sum(verdict.passed for verdict in verdicts) <= 3
    assert compared < 3 * len(crowd)


@pytest.mark.parametrize("unit", ["ab ", "日", "ﷺ", "\u0301\u0316", "x", " ", "\x00a"])
def test_an_endless_repetition_is_soon_done(unit):
    rows = documents(*("a" + unit * 100_000 + end for end in (" one two three", " four", "")))
    verdicts = check_near_duplicates(rows, DEFAULTS)
    assert [verdict.id for verdict in verdicts] == [row.id for row in rows]


def test_the_earliest_is_named_whatever_comes_between() -> None:
    words = [f"word{n}" for n in range(80)]
    texts = [" ".join([*words[:n], f"other{n}", *words[n + 1 :]]) for n in (0, 40, 79)]
    rows = [Document(f"{n:03d}", text, "test") for n, text in enumerate(texts)]
    verdicts = check_near_duplicates(rows, NearDuplicateSettings())
    assert [verdict.reason[:23] for verdict in verdicts] == ["", "near-duplicate: of 000,", "near-duplicate: of 000,"]
