"""Several teachers of one data set: who writes what, and what each starts from."""

from collections import Counter

import pytest
from pydantic import ValidationError

from secondhalf.models.request import RefusedError, Reply, Request
from secondhalf.rows import Pair, to_table
from secondhalf.teach.settings import TeachSettings
from secondhalf.teach.stage import teach_pairs
from secondhalf.teach.teachers import assign_teacher

IDS = [f"document {number}" for number in range(4000)]


def test_shares_are_kept_and_neither_order_nor_more_documents_move_one():
    shares = {"a": 3.0, "b": 1.0}
    writers = {id: assign_teacher(id, shares) for id in IDS}
    assert Counter(writers.values())["a"] / len(IDS) == pytest.approx(0.75, abs=0.03)
    assert {id: assign_teacher(id, {"b": 0.25, "a": 0.75}) for id in IDS} == writers
    assert {assign_teacher(id, {"a": 0.1}) for id in IDS[:50]} == {"a"}


def test_a_teacher_that_is_added_moves_only_what_it_takes():
    before = {id: assign_teacher(id, {"a": 1.0, "b": 1.0}) for id in IDS}
    after = {id: assign_teacher(id, {"a": 1.0, "b": 1.0, "c": 1.0}) for id in IDS}
    moved = {id for id in IDS if before[id] != after[id]}
    assert {after[id] for id in moved} == {"c"}
    assert len(moved) / len(IDS) == pytest.approx(1 / 3, abs=0.03)


def test_a_teacher_starts_from_what_is_said_for_all():
    settings = TeachSettings(
        system="Be brief.",
        sampling={"max_tokens": 20, "temperature": 0},
        teachers={"a": {"model": "dummy", "sampling": {"temperature": 1}}, "b": {"model": "dummy", "ask": "respond"}},
    )
    a, b = settings.by_teacher().values()
    assert (a.sampling.max_tokens, a.sampling.temperature, a.system, a.ask) == (20, 1, "Be brief.", "continue")
    assert (b.sampling.temperature, b.ask, b.turn("half")) == (0, "respond", "half")
    # What is written out is read back as it was.
    assert TeachSettings.model_validate(settings.model_dump(mode="json")) == settings


@pytest.mark.parametrize(
    ("teachers", "fault"),
    [
        ({"a": {"model": "original"}}, r"teachers\.a: `original` is no teacher"),
        ({"a b": {"model": "dummy"}}, "must be letters"),
        ({"a": {"model": "dummy", "share": 0}}, "a share is above 0"),
        ({"a": {"model": "dummy", "respond": "Go on."}}, r"teachers\.a: respond must hold"),
        ({"a": {"model": "dummy", "ask": "draft"}}, r"teachers\.a: ask: draft needs draft\.model"),
    ],
)
def test_teachers_that_cannot_be_meant_are_refused(teachers: dict, fault: str):
    with pytest.raises(ValidationError, match=fault):
        TeachSettings(teachers=teachers)


def test_each_pair_says_who_wrote_it_and_each_teacher_is_asked_for_its_own():
    settings = TeachSettings(
        teachers={"a": {"model": "m1", "share": 1}, "b": {"model": "m2", "share": 1, "ask": "respond"}}
    )
    pairs = [Pair(f"p{n}", f"d{n}", "words", "en", f"The river {n}", " and so on.") for n in range(30)]
    sent: list[Request] = []

    def send(requests, label):
        sent.extend(requests := list(requests))
        return ((r.id, RefusedError("no") if r.id == "p3" else Reply(r.teacher, "stop", 1, 1)) for r in requests)

    rows, rejects, _, _ = teach_pairs(to_table(Pair, pairs), settings, send, "t")
    expected = {f"p{n}": assign_teacher(f"d{n}", {"a": 1.0, "b": 1.0}) for n in range(30)}
    assert {row["id"]: row["teacher"] for row in [*rows.to_pylist(), *rejects.to_pylist()]} == expected
    assert all(row["response"] == row["teacher"] for row in rows.to_pylist())
    assert set(expected.values()) == {"a", "b"}
    # In runs of one teacher's, so that a stream goes to one engine as long as it can.
    assert [request.teacher for request in sent] == sorted(request.teacher for request in sent)
    assert all(request.messages[0][1].startswith("The river") == (request.teacher == "b") for request in sent)
