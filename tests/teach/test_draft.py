"""A base model drafts, the teacher mends."""

import pytest
from pydantic import ValidationError

from secondhalf.errors import UserError
from secondhalf.models.request import RefusedError, Reply
from secondhalf.rows import Pair, to_table
from secondhalf.teach.draft import DraftSettings
from secondhalf.teach.settings import TeachSettings
from secondhalf.teach.stage import teach_pairs

MEND = "Begin: {text}. Draft: {draft}. Mend."


def _settings(**fields) -> TeachSettings:
    return TeachSettings(model="m", ask="draft", draft={"model": "base", "mend_text": MEND}, **fields)


def test_the_turn_holds_half_and_draft_and_texts_cannot_open_places():
    assert _settings().turn("a {draft} b", "c {text} d") == "Begin: a {draft} b. Draft: c {text} d. Mend."
    # A wording for whole halves may say {draft}: there it stands for nothing.
    assert TeachSettings(respond="{text} {draft}", ask="respond").turn("x") == "x {draft}"


def test_drafts_are_kept_mended_and_where_there_is_none_the_pair_is_refused():
    drafts = {"p0": Reply("went on", "length", 3, 7), "p1": Reply(" ", "stop", 3, 1), "p2": RefusedError("too long")}
    sent = []

    def drafter(requests, label):
        return ((request.id, drafts[request.id]) for request in requests)

    def send(requests, label):
        for request in requests:
            sent.append(request.messages[-1][1])
            yield request.id, Reply("mended", "stop", 9, 2)

    pairs = to_table(Pair, [Pair(f"p{n}", f"d{n}", "words", "en", "The river", " and") for n in range(3)])
    rows, rejects, _, extra = teach_pairs(pairs, _settings(), send, "t", drafter=drafter)
    assert rows.column("response").to_pylist() == ["mended"]
    assert sent == ["Begin: The river. Draft: went on. Mend."]
    assert rejects.column("reason").to_pylist() == ["no draft: it is empty", "no draft: too long"]
    kept = extra["drafts"].to_pylist()
    assert [(row["id"], row["response"], row["finish"], row["response_tokens"]) for row in kept] == [
        ("p0", "went on", "length", 7), ("p1", "", "stop", 1),
    ]  # fmt: skip


def test_one_of_several_teachers_may_mend():
    settings = TeachSettings(
        teachers={"plain": {"model": "m"}, "mender": {"model": "m", "ask": "draft"}},
        draft={"model": "base", "mend_text": MEND},
    )
    drafted: list[str] = []

    def drafter(requests, label):
        for request in requests:
            drafted.append(request.id)
            yield request.id, Reply("went on", "length", 3, 7)

    def send(requests, label):
        return ((request.id, Reply(request.messages[-1][1], "stop", 1, 1)) for request in requests)

    pairs = to_table(Pair, [Pair(f"p{n}", f"d{n}", "words", "en", "The river", " and") for n in range(20)])
    rows, _, _, extra = teach_pairs(pairs, settings, send, "t", drafter=drafter)
    mended = {row["id"] for row in rows.to_pylist() if row["response"].startswith("Begin:")}
    assert mended == {row["id"] for row in rows.to_pylist() if row["teacher"] == "mender"} == set(drafted)
    assert extra["drafts"].column("id").to_pylist() == drafted
    assert 0 < len(mended) < 20


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"model": "base", "mend_text": "{text}"}, "must hold"),
        ({"model": "m", "server": {"urls": ["http://127.0.0.1:1/v1"]}}, "completions"),
        ({"model": "original"}, "drafts nothing"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(fields: dict, fault: str):
    with pytest.raises(ValidationError, match=fault):
        DraftSettings(**fields)
    with pytest.raises(ValidationError, match=r"ask: draft needs draft\.model"):
        TeachSettings(model="m", ask="draft")


def test_without_anybody_to_draft_it_is_said():
    pairs = to_table(Pair, [Pair("p", "d", "words", "en", "The river", " and")])
    with pytest.raises(UserError, match=r"teach\.ask: draft needs somebody who drafts"):
        teach_pairs(pairs, _settings(), lambda requests, label: iter([]), "t")
