"""Decisions as files and back: nothing is lost on the way, and ten thousand take seconds."""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from secondhalf.audit.reviews import load_reviews
from secondhalf.errors import UserError
from secondhalf.review.accounts import Reviewer
from secondhalf.review.database import ReviewDatabase
from secondhalf.review.desk import Desk, Proposal
from secondhalf.review.exchange.argilla import user_id
from secondhalf.review.exchange.forms import export_decisions, import_decisions
from secondhalf.review.log import ReviewDecision
from secondhalf.runs import Run
from support.review_runs import HOSTILE, made_pairs, made_run

AKI, LEA = Reviewer("aki", "reviewer", True), Reviewer("lea", "lead", True)
FOREIGN = ("label-studio", "argilla")
ROW = {
    "reviewer": "a",
    "role": "lead",
    "kind": "pair",
    "action": "accept",
    "item": "pair:taught:x",
    "id": "x",
    "seen": "s",
}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return made_run(tmp_path, made_pairs(12), answers=4)


@pytest.fixture
def desk(run: Run, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(run, ReviewDatabase(str(tmp_path / "first.sqlite")))
    for n, name in enumerate(desk.assignment.items.orders["random"][:6]):
        item = desk.item(name)
        assert item
        action = ("accept", "edit", "reject")[n % 3]
        desk.decide(Proposal(name, action, item.seen, 0, HOSTILE if action == "edit" else "", "why 理由"), AKI)
        desk.decide(Proposal(name, "accept", item.seen, 0), LEA)
    for name, action in zip(desk.assignment.items.orders["compare"], ("left", "right", "tie"), strict=False):
        item = desk.item(name)
        assert item
        desk.decide(Proposal(name, action, item.seen, 0), AKI)
    desk.undo(1, AKI)
    yield desk
    desk.database.close()


def standing(desk: Desk) -> dict[tuple[str, str], tuple[str, str, str, str]]:
    return {
        (item, name): (row.action, row.text, row.reason, row.seen)
        for item, rows in desk.log.standing.items()
        for name, row in rows.items()
    }


@pytest.mark.parametrize("form", ["log", *FOREIGN])
def test_there_and_back(desk: Desk, run: Run, tmp_path: Path, form: str):
    path = tmp_path / "out.json"
    export_decisions(desk, path, form)
    assert path.stat().st_mode & 0o777 == 0o600
    other = Desk(run, ReviewDatabase(str(tmp_path / "second.sqlite")))
    rows, new = import_decisions(other, path, form, "op")
    assert rows == new == (16 if form == "log" else 14)
    assert standing(other) == standing(desk)
    assert import_decisions(other, path, form, "op")[1] == 0 or form == "log"
    assert all(form in row.source for row in other.log.rows)


def test_an_export_replaces_an_export_and_nothing_else(desk: Desk, tmp_path: Path):
    path = tmp_path / "out.json"
    for form in ("log", *FOREIGN, "log"):
        export_decisions(desk, path, form)
    recipe, folder = tmp_path / "my.yaml", tmp_path / "folder"
    recipe.write_text("# secondhalf run my.yaml\nname: my\n", "utf-8")
    folder.mkdir()
    mine = tmp_path / "mine.jsonl"  # JSON too, and no export
    mine.write_text('{"id": "a", "text": "mine"}\n', "utf-8")
    empty, nowhere = tmp_path / "empty.json", tmp_path / "nowhere.json"
    empty.touch()
    nowhere.symlink_to(tmp_path / "gone")
    for place in (recipe, folder, mine, empty, nowhere):
        for form in ("log", *FOREIGN):
            with pytest.raises(UserError, match="exists, and is none that this command wrote"):
                export_decisions(desk, place, form)
    assert mine.read_text("utf-8") == '{"id": "a", "text": "mine"}\n'
    assert recipe.read_text("utf-8").endswith("name: my\n")


def test_the_log_is_what_the_audit_reads(desk: Desk, tmp_path: Path):
    path = tmp_path / "reviews.jsonl"
    assert export_decisions(desk, path, "log") == 16
    outcomes = load_reviews(path)
    assert len(outcomes) == 6
    assert {outcome.action for texts in outcomes.values() for outcome in texts.values()} == {
        "accept"
    }  # the lead's word


def test_preferences(run: Run, tmp_path: Path):
    desk = Desk(run, ReviewDatabase(str(tmp_path / "p.sqlite")))
    pair = desk.item(desk.assignment.items.orders["random"][0])
    one, two, tie = (desk.item(name) for name in desk.assignment.items.orders["compare"][:3])
    assert pair
    assert one
    assert two
    assert tie
    for item, action, text in ((pair, "edit", "My words."), (one, "left", ""), (two, "right", ""), (tie, "tie", "")):
        desk.decide(Proposal(item.item, action, item.seen, 0, text), AKI)
    path = tmp_path / "preferences.jsonl"
    assert export_decisions(desk, path, "preference") == 3
    rows = {row["id"]: row for row in map(json.loads, path.read_text("utf-8").splitlines())}
    assert (rows[pair.id]["chosen"], rows[pair.id]["rejected"]) == ("My words.", pair.texts[0])
    assert (rows[one.id]["chosen"], rows[one.id]["rejected"]) == one.texts
    assert (rows[two.id]["rejected"], rows[two.id]["chosen"]) == two.texts
    with pytest.raises(UserError, match="only decisions"):
        import_decisions(desk, path, "preference", "op")


def test_label_studios_own_export_is_read(desk: Desk, run: Run, tmp_path: Path):
    """What Label Studio writes has more fields than we do, skipped annotations, and numbers for annotators."""
    name = desk.assignment.items.orders["random"][10]
    task = {
        "id": 7, "project": 83, "created_at": "2026-03-09T21:52:49.513742Z", "data": {"item": name, "prompt": "x"}, "predictions": [],
        "annotations": [
            {"id": 1, "completed_by": 10, "was_cancelled": False, "lead_time": 4.2, "created_at": "2026-03-09T22:16:08.728353Z",
             "result": [{"id": "Dx", "from_name": "decision", "to_name": "text", "type": "choices", "value": {"choices": ["reject"]}}]},
            {"id": 2, "completed_by": {"id": 11, "email": "ben@example.org"}, "was_cancelled": True, "result": []},
        ],
    }  # fmt: skip
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps([task]), "utf-8")
    assert import_decisions(desk, path, "label-studio", "op") == (1, 1)
    assert desk.log.standing[name]["10"].action == "reject"


def test_argillas_users_have_names_where_the_record_tells(desk: Desk, tmp_path: Path):
    name = desk.assignment.items.orders["random"][10]
    record = {
        "id": name, "fields": {"prompt": "x"}, "metadata": {"reviewers": [f"{user_id('ben')} ben"]}, "suggestions": {}, "vectors": {},
        "responses": {"decision": [{"value": "accept", "user_id": user_id("ben")}, {"value": "reject", "user_id": user_id("other")}]},
        "_server_id": None,
    }  # fmt: skip
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps([record]), "utf-8")
    assert import_decisions(desk, path, "argilla", "op") == (2, 2)
    assert {who: row.action for who, row in desk.log.standing[name].items()} == {
        "ben": "accept",
        user_id("other"): "reject",
    }


@pytest.mark.parametrize(
    ("form", "row", "sentence"),
    [
        ("log", {"kind": "pair", "action": "maybe"}, "no decision on a 'pair'"),
        ("log", {"kind": "pair", "action": "accept", "role": "boss"}, "role is 'boss'"),
        ("log", {"kind": "pair", "action": "accept", "role": "lead", "reviewer": "x"}, "item is empty"),
        ("log", {"kind": 5}, "kind is 5"),
        ("log", {**ROW, "item": "comparison:x"}, "is no pair"),
        ("log", {**ROW, "kind": "comparison", "action": "first"}, "is no comparison"),
        ("log", {**ROW, "kind": "flagged"}, "is no flagged"),
        ("log", {**ROW, "action": "edit", "text": " "}, "text is empty"),
        ("argilla", {"id": "ITEM", "fields": {}, "responses": {"decision": [{"value": "accept", "user_id": " "}]}}, "names nobody"),
        ("argilla", {"id": "COMPARED", "fields": {}, "responses": {"decision": [{"value": "first", "user_id": "u"}]}}, "no decision on a comparison"),
        ("label-studio", {"data": {"item": "ITEM"}, "annotations": [{"result": [{"from_name": "decision", "value": {"choices": ["accept"]}}], "completed_by": 1, "created_at": "\0"}]}, "holds a NUL"),
        ("label-studio", {"data": []}, "no task of Label Studio"),
        ("label-studio", {"data": {"item": "x"}, "annotations": [{"result": [{"from_name": "decision", "value": {"choices": ["accept"]}}], "completed_by": None}]}, "names nobody"),
        ("label-studio", {"data": {"item": "x"}, "annotations": [{"result": ["x"]}]}, "no object with a value"),
        ("argilla", {"fields": {}}, "no record of Argilla"),
        ("argilla", {"id": "x", "kind": "pair", "action": "accept"}, "no record of Argilla"),
        ("argilla", {"id": "x", "responses": {"decision": [{"value": "accept", "user_id": "u"}]}}, "has no item x"),
        ("argilla", {"id": "x", "responses": {"decision": {}, "words": {"a": 1}}}, "words is no list"),
    ],
)  # fmt: skip
def test_a_faulty_file_is_named_and_changes_nothing(
    desk: Desk, tmp_path: Path, form: str, row: dict[str, object], sentence: str
):
    path, before = tmp_path / "bad.json", len(desk.log.rows)
    orders = desk.assignment.items.orders
    text = json.dumps(row).replace("ITEM", orders["random"][9]).replace("COMPARED", orders["compare"][0])
    path.write_text(text, "utf-8")
    with pytest.raises(UserError, match=sentence) as caught:
        import_decisions(desk, path, form, "op")
    assert "bad.json" in str(caught.value)
    assert len(desk.log.rows) == before


@pytest.mark.parametrize("name", [os.fsdecode(b"f\xff.json"), "f\n\x1b[2J.json"])
def test_a_files_name_is_told_as_it_can_be(desk: Desk, run: Run, tmp_path: Path, name: str):
    path = tmp_path / name
    export_decisions(desk, path, "log")
    other = Desk(run, ReviewDatabase(str(tmp_path / "second.sqlite")))
    assert import_decisions(other, path, "log", "op") == (16, 16)
    assert other.log.rows[0].source.isprintable()


@pytest.mark.parametrize("form", ["log", "label-studio"])
def test_one_reviewer_is_one_however_a_file_writes_their_name(run: Run, tmp_path: Path, form: str):
    with closing(Desk(run, ReviewDatabase(str(tmp_path / "third.sqlite"))).database) as database:
        desk = Desk(run, database)
        name = desk.assignment.items.orders["random"][0]
        item = desk.item(name)
        assert item
        desk.decide(Proposal(name, "accept", item.seen, 0), Reviewer("zoë", "reviewer", has_password=True))
        path = tmp_path / "out.json"
        export_decisions(desk, path, form)
        path.write_text(path.read_text("utf-8").replace("zoë", " zoe\u0308 "), "utf-8")
        assert import_decisions(desk, path, form, "op")[1] == 0
        assert list(desk.log.standing[name]) == ["zoë"]


def test_a_decision_on_another_text_is_refused(desk: Desk, tmp_path: Path):
    name = desk.assignment.items.orders["random"][10]
    path = tmp_path / "old.json"
    path.write_text(json.dumps({"id": name, "metadata": {"seen": "0" * 16}, "responses": {"decision": [{"value": "accept", "user_id": "u"}]}}))  # fmt: skip
    with pytest.raises(UserError, match="another text"):
        import_decisions(desk, path, "argilla", "op")


@pytest.mark.parametrize("form", FOREIGN)
def test_ten_thousand_go_out_and_in(tmp_path: Path, form: str):
    run = made_run(tmp_path, made_pairs(10_000))
    first, second = (Desk(run, ReviewDatabase(str(tmp_path / name))) for name in ("a.sqlite", "b.sqlite"))
    row = ReviewDecision("aki", "reviewer", "pair", "", "taught", "", "reject", "", reason="why")
    items = [first.item(name) for name in first.assignment.items.orders["random"]]
    first.log.add_all(replace(row, item=item.item, id=item.id, seen=item.seen) for item in items if item)
    assert export_decisions(first, tmp_path / "out.json", form) == 10_000
    assert import_decisions(second, tmp_path / "out.json", form, "op") == (10_000, 10_000)
