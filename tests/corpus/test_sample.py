"""The sample's properties: neither order, shards, machines nor processes matter; larger contains smaller; groups share."""

import json
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.corpus.best import Best
from secondhalf.corpus.fingerprint import fingerprint
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.shards import chosen
from secondhalf.corpus.stage import deciding_settings
from support.corpora import drawn

TEXTS = [f"Document number {number} has words of its own." for number in range(300)]
ROWS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 40)), max_size=120)


def _kept(
    rows: list[tuple[str, int]], limit: int, pieces: int = 1, weights: dict[str, float] | None = None, room: int = 3
):
    """What a Best with little room keeps of (group, rank) rows that come in `pieces` streams."""
    whole: Best[tuple[int]] = Best(limit, weights)
    whole._room = limit + room
    for piece in range(pieces):
        part: Best[tuple[int]] = Best(limit, weights)
        part._room = limit + room
        part.bounds.update(whole.bounds)
        for group, number in rows[piece::pieces]:
            rank = number.to_bytes(2, "big")
            if rank < part.bounds.get(group, b"\xff" * 3):
                part.add(group, rank, (number,))
        part.prune()
        whole.merge(part)
    whole.prune()
    return {key: entry.copies for key, entry in whole.held.items()}


@settings(max_examples=300, deadline=None)
@given(ROWS, st.integers(1, 12), st.integers(1, 5), st.randoms(use_true_random=False))
def test_neither_order_nor_division_matters(rows, limit, pieces, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    for weights in (None, {"a": 3, "b": 1, "c": 0.5}):
        assert (
            _kept(rows, limit, 1, weights)
            == _kept(shuffled, limit, pieces, weights)
            == _kept(rows, limit, 1, weights, 999)
        )


@settings(max_examples=200, deadline=None)
@given(ROWS, st.integers(1, 12))
def test_a_larger_limit_contains_the_smaller_one(rows, limit):
    for weights in (None, {"a": 3, "b": 1, "c": 0.5}):
        small, large = _kept(rows, limit, 1, weights), _kept(rows, limit + 1, 1, weights)
        assert small.items() <= large.items()
        assert len(small) == min(limit, len(set(rows)))


@settings(max_examples=100, deadline=None)
@given(ROWS)
def test_copies_of_what_is_kept_are_counted_exactly(rows):
    counted = Counter((group, number.to_bytes(2, "big")) for group, number in rows)
    assert all(copies == counted[key] for key, copies in _kept(rows, 8, 3).items())


def _shards(folder: Path, texts: list[dict], count: int) -> Path:
    folder.mkdir(parents=True)
    for index in range(count):
        rows = "".join(json.dumps(row) + "\n" for row in texts[index::count])
        (folder / f"{index:03d}.jsonl").write_text(rows, "utf-8")
    return folder


def _read(folder: Path, out: Path, **more):
    return drawn(out, CorpusSettings(reader="jsonl", path=str(folder), **more))


def test_shards_places_and_processes_decide_nothing(tmp_path: Path):
    rows = [{"text": text, "url": f"u{n}"} for n, text in enumerate(TEXTS)] + [{"text": TEXTS[0], "url": "a copy"}]
    here, there = (
        _shards(tmp_path / "here", rows, 3),
        _shards(tmp_path / "there" / "deep", [*rows[::-1], {"text": 1}], 7),
    )
    one, told, stage = _read(here, tmp_path / "a", sample=100, workers=1)
    two, more, _ = _read(there, tmp_path / "b", sample=100, workers=2)
    assert one == two
    assert (told["repeated"], told["rows_in"]) == (more["repeated"], more["rows_in"] - 1)
    assert more["reasons"] == {"no text in the field": 1}
    _, again, other = _read(here, tmp_path / "c", sample=100, workers=3)
    assert again == told
    for kind in ("part", "rejects", "verdicts"):
        assert other.read(kind).equals(stage.read(kind))


def test_workers_are_no_part_of_what_decides():
    assert (
        deciding_settings(CorpusSettings(workers=2), 1)
        == deciding_settings(CorpusSettings(), 1)
        != deciding_settings(CorpusSettings(), 2)
    )


def test_each_source_gets_its_share_and_what_one_cannot_fill_goes_to_others(tmp_path: Path):
    rows = [{"text": text, "from": "rare" if n < 10 else "common"} for n, text in enumerate(TEXTS)]
    folder = _shards(tmp_path / "corpus", rows, 2)
    said = {"per": "source", "source_field": "from"}

    def counts(name: str, **more):
        found, told, _ = _read(folder, tmp_path / name, **said, **more)
        assert told["rows_in"] == told["rows"] + told["not_sampled"]
        return Counter(row.source for row in found), {row.id for row in found}

    assert counts("a", sample=12)[0] == {"rare": 6, "common": 6}
    assert counts("b", sample=60)[0] == {"rare": 10, "common": 50}
    assert counts("c", sample=12, shares={"common": 3, "rare": 1})[0] == {"rare": 3, "common": 9}
    assert counts("d", sample=12, shares={"rare": 1})[0] == {"rare": 10}
    assert counts("e", sample=12)[1] < counts("f", sample=40)[1]


def test_languages_are_found_where_no_field_tells_them(tmp_path: Path):
    english = [{"text": f"This is a plain English sentence about the number {n}."} for n in range(50)]
    japanese = [{"text": f"これは番号{n}についての普通の日本語の文章です。"} for n in range(8)]
    rows, _, _ = _read(_shards(tmp_path / "c", english + japanese, 2), tmp_path / "s", sample=12, per="language")
    assert Counter(row.language for row in rows) == {"en": 6, "ja": 6}


def test_scan_reads_some_files_chosen_by_their_names(tmp_path: Path):
    rows = [{"text": text} for text in TEXTS]
    here, there = _shards(tmp_path / "here", rows, 10), _shards(tmp_path / "far" / "away", rows, 10)
    few = CorpusSettings(reader="jsonl", path=str(here), scan=3)
    names = [shard.name for shard in chosen(few)[0]]
    more = [shard.name for shard in chosen(few.model_copy(update={"scan": 5}))[0]]
    assert set(names) < set(more)
    assert names == [shard.name for shard in chosen(few.model_copy(update={"path": str(there)}))[0]] == sorted(names)
    _, told, _ = drawn(tmp_path / "s", few)
    assert (told["shards_read"], told["shards"], told["rows_in"]) == (3, 10, 90)


def test_the_fingerprint_follows_names_and_contents(tmp_path: Path, monkeypatch):
    folder = _shards(tmp_path / "c", [{"text": text} for text in TEXTS], 2)
    said = CorpusSettings(reader="jsonl", path=str(folder))
    for limit in (64_000_000, 10):  # hashed, and by size and time
        monkeypatch.setattr("secondhalf.corpus.fingerprint.HASHED", limit)
        before = fingerprint(said)
        assert before == fingerprint(said)
        with (folder / "000.jsonl").open("a") as file:
            file.write("{}\n")
        assert fingerprint(said) != before
    before = fingerprint(said)
    (folder / "000.jsonl").rename(folder / "002.jsonl")
    assert fingerprint(said) != before


def test_scan_limit_reads_the_beginning(tmp_path: Path):
    folder = _shards(tmp_path / "c", [{"text": text} for text in TEXTS], 2)
    rows, told, _ = _read(folder, tmp_path / "s", scan_limit=40)
    assert {row.text for row in rows} == set(TEXTS[0:80:2])
    assert told["rows_in"] == 40
