"""A document is refused when one before it in the order of ids is at least 0.8 alike: found surely, never wrongly."""

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.clean.duplicates import bands, near
from secondhalf.clean.duplicates.bands import band_shape, candidates
from secondhalf.clean.duplicates.near import NearDuplicateSettings, check_near_duplicates
from secondhalf.clean.duplicates.signatures import compute_signatures, signatures
from secondhalf.clean.duplicates.sketch import EMPTY, sketch_shingles
from secondhalf.clean.duplicates.units import mix
from support.made_text import documents, edited, jaccard, text

DEFAULTS = NearDuplicateSettings()


def _judged(*texts, **changes):
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
    assert _judged(one, other) == [(0.0, ""), (1.0, f"duplicate: of {first.id}")]


@pytest.mark.parametrize("japanese", [False, True])
@pytest.mark.parametrize("edits", [1, 3, 6, 12, 20, 60])
def test_the_score_is_the_exact_similarity_and_decides(japanese, edits):
    one = text(5, japanese=japanese)
    other = edited(one, edits)
    first, second = sorted(documents(one, other), key=lambda document: document.id)
    exact = jaccard(one, other)
    same = [(0.0, ""), (pytest.approx(exact), f"near-duplicate: of {first.id}")]
    assert _judged(one, other) == (same if exact >= 0.8 else [(0.0, ""), (0.0, "")])
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
    found = [no for no, value in zip(refused, similar, strict=True) if value >= 0.8]
    assert sum(found) >= 0.95 * len(found)


POOL = [text(seed, 40) for seed in range(4)]
POOL += [edited(each, edits, seed) for each in POOL for seed, edits in enumerate((1, 1, 2))] + [
    "",
    "…",
    "one",
    "One!",
    POOL[0].upper(),
]


@settings(deadline=None, max_examples=40)
@given(st.permutations(POOL), st.integers(1, 7))
def test_neither_order_nor_shards_change_a_verdict(texts, size):
    expected = {verdict.id: verdict for verdict in check_near_duplicates(documents(*POOL), DEFAULTS)}
    rows = documents(*texts)
    assert check_near_duplicates(rows, DEFAULTS) == [expected[row.id] for row in rows]
    table = pa.table({"id": [row.id for row in rows], "text": texts})
    shards = [signatures(table.slice(start, size), DEFAULTS) for start in range(0, len(texts), size)]
    assert pa.concat_tables(shards).equals(signatures(table, DEFAULTS))


def test_a_refused_document_still_refuses_those_like_it():
    chain = [text(0)]
    for seed in range(12):
        chain.append(edited(chain[-1], 4, seed))
    rows = sorted(documents(*chain), key=lambda row: row.id)
    for place, verdict in enumerate(check_near_duplicates(rows, DEFAULTS)):
        like = [before.id for before in rows[:place] if jaccard(before.text, rows[place].text) >= 0.8]
        assert verdict.reason == (f"near-duplicate: of {like[0]}" if like else "")


def test_texts_without_words_and_short_texts():
    assert _judged("", "!!", "…", "\x00", "。") == [(0.0, "")] * 5
    assert _judged("a b c", "a b d", "a b", "短い", "短文") == [(0.0, "")] * 5
    assert check_near_duplicates([], DEFAULTS) == []
    assert _judged("same", "Same", enabled=False) == [(0.0, "")] * 2


def test_what_is_not_kept_is_hashed_again(monkeypatch):
    texts = [edited(text(seed), edits, edits) for seed in range(30) for edits in (0, 1, 20)]
    whole = check_near_duplicates(documents(*texts), DEFAULTS)
    monkeypatch.setattr("secondhalf.clean.duplicates.signatures._KEPT_UNITS", 5000)
    assert check_near_duplicates(documents(*texts), DEFAULTS) == whole


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


def test_many_documents_in_one_bucket_are_not_compared_with_each_other():
    draw = np.random.default_rng(1)
    sketches = draw.integers(0, 2**32 - 1, (20_000, 128), np.uint32)
    sketches[:, :7] = 5
    pairs = sum(len(later) for later, _ in bands._bucket_pairs(sketches[:, :7]))
    assert pairs <= 32 * len(sketches)
    assert len(candidates(sketches, np.arange(len(sketches)), 0.8, 0.95)[0]) == 0


def test_the_shape_of_the_bands_and_what_they_find():
    assert band_shape(0.8, 128, 0.95) == (18, 7)
    assert round(1 - (1 - 0.8**7) ** 18, 3) == 0.986
    assert band_shape(1.0, 128, 0.95) == (1, 128)
    assert band_shape(0.1, 16, 0.99) == (16, 1)


@pytest.mark.parametrize("union", [10, 60, 200, 800])
def test_a_sketch_estimates_the_similarity_of_sets_of_any_size(union):
    texts, shared = 1000, round(0.8 * union)
    hashes = mix(np.arange(texts * union, dtype=np.uint64)).reshape(texts, union)
    rest = shared + (union - shared) // 2
    rows = np.arange(texts)[:, None]
    one = sketch_shingles(hashes[:, :rest].reshape(-1), np.repeat(rows, rest), texts, 128)
    both = np.concatenate((hashes[:, :shared], hashes[:, rest:]), axis=1)
    other = sketch_shingles(both.reshape(-1), np.repeat(rows, both.shape[1]), texts, 128)
    assert not (one == EMPTY).any()
    agreed = (one == other).mean(axis=1)
    exact = shared / union
    error = (exact * (1 - exact) / 128) ** 0.5
    assert agreed.mean() == pytest.approx(exact, abs=4 * error / texts**0.5)
    assert agreed.std() < 1.1 * error  # no worse than 128 permutations
    count, width = band_shape(0.8, 128, 0.95)
    alike = (one == other)[:, : count * width].reshape(texts, count, width).all(axis=2).any(axis=1)
    assert alike.mean() >= 0.95


def test_a_document_without_shingles_has_an_empty_sketch():
    made = compute_signatures(["", "word"], DEFAULTS)
    assert (made.sketches == EMPTY).all(axis=1).tolist() == [True, False]
    assert made.counts.tolist() == [0, 1]


@pytest.mark.parametrize("unit", ["ab ", "日", "ﷺ", "\u0301\u0316", "x", " ", "\x00a"])
def test_an_endless_repetition_is_soon_done(unit):
    rows = documents(*("a" + unit * 100_000 + end for end in (" one two three", " four", "")))
    verdicts = check_near_duplicates(rows, DEFAULTS)
    assert [verdict.id for verdict in verdicts] == [row.id for row in rows]
