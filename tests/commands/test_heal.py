"""Which stages of earlier releases hold what would be kept no more, and what is made from them."""

from pathlib import Path

import pytest

from secondhalf.commands.heal import heal
from secondhalf.models.journal.journal import Journal
from secondhalf.rows import Pair, Verdict, to_table, with_reasons
from secondhalf.store import Stage, Store


def _stage(
    store: Store, name: str, key: str, reasons: list[str], finish: str = "stop", inputs: dict | None = None
) -> Stage:
    stage = Stage(store.root / name / key)
    stage.path.mkdir(parents=True)
    pairs = to_table(Pair, [Pair(f"p{n}", "d", "r", "en", "a", "b", "c", "t", finish) for n in range(2)])
    refused = [Pair(f"r{n}", "d", "r", "en", "a", "b") for n in range(len(reasons))]
    stage.write("part", 0, pairs)
    stage.write(
        "rejects",
        0,
        with_reasons(
            to_table(Pair, refused),
            [Verdict(p.id, "answered", False, 0.0, r) for p, r in zip(refused, reasons, strict=True)],
        ),
    )
    stage.finish({"stage": name, "key": key, "inputs": inputs or {}, "rows": 2})
    return stage


@pytest.fixture
def store(tmp_path: Path) -> Store:
    Journal(tmp_path / "journal.sqlite").close()
    store = Store(tmp_path)
    store.mark()
    return store


@pytest.mark.parametrize(
    ("reasons", "finish", "healed"),
    [
        ([], "stop", False),
        (["refused by the teacher: the server answered 400: this one"], "length", False),
        (["refused by the teacher: r.jsonl holds no reply for this pair, by id or by prompt"], "stop", False),
        (["refused by the teacher, for its text: the server answered 400: x"] * 2, "stop", False),
        (["refused by the teacher: the server answered 403: monthly limit"], "stop", True),
        (["refused by the teacher: the server answered 500: no (tried 5 times)"], "stop", True),
        (["refused by the teacher, the server's fault: the connection broke off (tried 5 times)"], "stop", True),
        (["refused by the teacher: the server answered 400: no template"] * 3, "stop", True),
        (["no draft: no answer in 3 batches: broken"], "stop", True),
        (["unfinished: the finish reason is 'length'"], "stop", False),
        (["unfinished: the finish reason is 'end_turn'"], "stop", True),
        ([], "error", True),
    ],
)
def test_what_would_be_kept_no_more(store: Store, reasons: list[str], finish: str, healed: bool):
    stage = _stage(store, "teach", "0" * 15 + "1", reasons, finish)
    heal(store, sure=True, as_json=False)
    assert stage.path.exists() != healed


def test_what_is_made_from_a_healed_stage_goes_with_it_and_nothing_else(store: Store):
    taught = _stage(store, "teach", "a" * 16, [], "error")
    audited = _stage(store, "audit", "b" * 16, [], inputs={"pairs": taught.key})
    trained = _stage(store, "train", "c" * 16, [], inputs={"data": f"{audited.key} 1.0"})
    other = _stage(store, "audit", "d" * 16, [], inputs={"pairs": "e" * 16})
    text = heal(store, sure=False, as_json=False)
    assert "3 stages" in text
    assert all(stage.path.exists() for stage in (taught, audited, trained, other))
    assert heal(store, sure=True, as_json=False).startswith("Removed: 0 replies")
    assert [stage.path.exists() for stage in (taught, audited, trained, other)] == [False, False, False, True]
