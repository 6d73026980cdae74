"""A document is refused when too much of it also stands in one before it; the span is the first such passage."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.clean.duplicates.passages import PassageSettings, check_passages
from secondhalf.rows import Document
from secondhalf.text.ngrams import all_ngrams, units
from support.made_text import documents, text

DEFAULTS = PassageSettings()


def _rows(*texts: str) -> list[Document]:
    """Documents whose ids are in the order given."""
    return [Document(f"{index:08d}", each, "test") for index, each in enumerate(texts)]


def _share(rows: list[Document], at: int, size: int) -> float:
    """The share of units in runs that an earlier document has, by the slow and plain way."""
    earlier = {gram for row in rows[:at] for gram in all_ngrams(units(row.text), size)}
    words = units(rows[at].text)
    covered = set()
    for start, gram in enumerate(all_ngrams(words, size)):
        if gram in earlier:
            covered |= set(range(start, start + size))
    return len(covered) / len(words) if words else 0.0


@pytest.mark.parametrize(("japanese", "size", "long"), [(False, 50, 300), (True, 100, 500)])
@pytest.mark.parametrize("copied", [0.1, 0.3, 0.49, 0.51, 0.9, 1.0])
def test_the_share_the_span_and_the_limit(japanese, size, long, copied):
    join = "" if japanese else " "
    old, new = (text(seed, long, japanese).replace("。", "") for seed in (1, 2))
    items, others = (list(each) if japanese else each.split() for each in (old, new))
    part = join.join(items[10 : 10 + round(long * copied * 0.95)])
    mine = join.join(others[: round(long * (1 - copied))]) + "\n\n" + part
    rows = _rows(old, mine)
    first, second = check_passages(rows, DEFAULTS)
    assert (first.passed, first.score, first.start) == (True, 0.0, -1)
    assert second.score == pytest.approx(_share(rows, 1, size))
    assert second.passed == (second.score <= 0.5)
    assert second.reason.startswith("" if second.passed else "duplicate passages: of 00000000: ")
    assert mine[second.start : second.end] == (part.rstrip(".") if second.score else "")
    assert (second.score > 0) == (len(units(part)) >= size)


def test_the_span_is_right_where_nfkc_changes_the_length():
    old = text(3, 150, japanese=True)
    mine = "ﾃﾞｰﾀはﷺ①②③で、" + old + text(4, 30, japanese=True)
    verdict = check_passages(_rows(old, mine), DEFAULTS)[1]
    assert mine[verdict.start : verdict.end] == old.rstrip("。")


@pytest.mark.parametrize("japanese", [False, True])
def test_what_is_shorter_than_a_passage_is_nobodys(japanese):
    size = 99 if japanese else 49
    old, new = text(1, 400, japanese), text(2, 400, japanese)
    items = list(old.replace("。", "")) if japanese else old.split()
    join = "" if japanese else " "
    short, enough = join.join(items[:size]), join.join(items[: size + 1])
    verdicts = check_passages(_rows(old, new + join + short, new[::-1] + join + enough), DEFAULTS)
    assert verdicts[1].score == 0.0
    assert verdicts[2].score > 0.0


def test_a_text_that_repeats_itself_is_not_judged_here():
    once = text(5, 80)
    assert check_passages(_rows(once + " " + once, text(6)), DEFAULTS)[0].score == 0.0


def test_empty_and_short_texts_and_identical_ones():
    assert [verdict.score for verdict in check_passages(_rows("", "!", "a b", "a b", ""), DEFAULTS)] == [0.0] * 5
    assert check_passages([], DEFAULTS) == []
    verdicts = check_passages(_rows(*[text(7, 60)] * 300), DEFAULTS)
    assert [verdict.score for verdict in verdicts] == [0.0] + [1.0] * 299
    assert {verdict.reason for verdict in verdicts[1:]} == {
        "duplicate passages: of 00000000: 1, at most 0.5 allowed (clean.passages.max_share)"
    }
    off = check_passages(_rows(*[text(7, 60)] * 3), PassageSettings(enabled=False))
    assert all(verdict.passed and verdict.score == 0.0 for verdict in off)


SENTENCES = [text(seed, 8) for seed in range(6)] + [text(seed, 20, japanese=True) for seed in range(3)]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.sampled_from(SENTENCES), max_size=6), max_size=8), st.randoms())
def test_shares_are_exact_and_do_not_depend_on_order(parts, rng):
    small = PassageSettings(words=10, characters=10)
    rows = sorted(documents(*{" ".join(part) for part in parts}), key=lambda row: row.id)
    verdicts = check_passages(rows, small)
    for at, verdict in enumerate(verdicts):
        if not any(character > "\u3040" for row in rows for character in row.text):
            assert verdict.score == pytest.approx(_share(rows, at, 10))
    mixed = list(rows)
    rng.shuffle(mixed)
    assert sorted(check_passages(mixed, small), key=lambda verdict: verdict.id) == verdicts


def test_ranges_of_hashes_do_not_change_a_verdict(monkeypatch):
    rows = _rows(*(text(seed // 2, 150 + seed % 2) for seed in range(40)))
    expected = check_passages(rows, DEFAULTS)
    monkeypatch.setattr("secondhalf.clean.duplicates.passages._RUNS_AT_A_TIME", 1000)
    assert check_passages(rows, DEFAULTS) == expected
    assert sum(not verdict.passed for verdict in expected) == 20
