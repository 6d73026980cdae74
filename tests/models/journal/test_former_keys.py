"""Replies paid for under a key that two models could share are found by the one that paid, and by no other."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from secondhalf.models.journal.journal import JOURNAL_VERSION, Journal
from secondhalf.models.request import Reply, Request, Sampling
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.settings import ServerSettings
from support.bad_server import BadServer

REQUEST = Request("row", (("user", "Wer baut die Brücke? 橋"),), Sampling())


def _former_journal(path: Path, rows: list[tuple[str, str]], request: Request = REQUEST) -> None:
    """A journal of version 4 with a reply to one request by each of these models, and the names they gave themselves."""
    Journal(path).close()
    with sqlite3.connect(path) as db:
        for model, answered_by in rows:
            messages, sampling = json.dumps(request.messages, ensure_ascii=False), request.sampling.model_dump_json()
            row = [
                request.key(model),
                model,
                messages,
                sampling,
                f"by {model}",
                "stop",
                1,
                2,
                3.0,
                4.0,
                answered_by,
                "",
            ]
            db.execute(f"INSERT INTO replies VALUES ({','.join('?' * 12)}, 0, '')", row)
        db.execute("PRAGMA user_version = 4")
    db.close()


def _look_up(path: Path, name: str, extra: dict[str, Any] | None = None) -> Reply | None:
    """What the journal at `path` has of a model for the request."""
    key = REQUEST.key(ServerSettings(extra=extra or {}).identity(name))
    journal = Journal(path)
    try:
        return journal.find([key]).get(key)
    finally:
        journal.close()


@pytest.mark.parametrize(
    ("former", "answered_by", "payer", "other"),
    [
        ('m{"a": 1}', "", ("m", {"a": 1}), ('m{"a": 1}', {})),
        ('m{"a": 1}', "m-2026", ("m", {"a": 1}), ('m{"a": 1}', {})),
        ('m{"a": 1}', 'm{"a": 1}', ('m{"a": 1}', {}), ("m", {"a": 1})),
        ('org/m{"a": 1}', 'm{"a": 1}', ('org/m{"a": 1}', {}), ("org/m", {"a": 1})),
        ('m{x}{"a": {"b": 1}}', "m{x}", ("m{x}", {"a": {"b": 1}}), ('m{x}{"a": {"b": 1}}', {})),
        ("{team}/m", "", ("{team}/m", {}), ("", {"team": 1})),
        ('m{"a":1}', "", ('m{"a":1}', {}), ("m", {"a": 1})),  # not as the fields are written, so it was a name
    ],
)
def test_a_reply_is_found_by_the_model_that_paid_for_it_alone(tmp_path: Path, former, answered_by, payer, other):
    path = tmp_path / "j.sqlite"
    _former_journal(path, [(f"server:chat:{former}", answered_by)])
    for _ in range(2):  # the second time nothing is left to do
        assert _look_up(path, *payer) == Reply(f"by server:chat:{former}", "stop", 1, 2, 3.0, answered_by)
        assert _look_up(path, *other) is None


def test_what_was_paid_for_is_not_paid_for_again(tmp_path: Path):
    names = ["{team}/m", "m", 'm{"a": 1}']
    _former_journal(tmp_path / "j.sqlite", [(f"server:chat:{name}", name) for name in names])
    journal = Journal(tmp_path / "j.sqlite")
    with BadServer() as server:
        for name in names:
            servers = Servers(name, ServerSettings(urls=[server.url]))
            replies = dict(send_requests([REQUEST], servers.identity, lambda s=servers: s, journal, "test"))
            assert replies["row"].text == f"by server:chat:{name}"
        assert server.calls == []
    assert len(journal) == len(names)


def test_a_row_whose_key_is_not_its_requests_stays_as_it_is(tmp_path: Path):
    path = tmp_path / "j.sqlite"
    _former_journal(path, [("server:chat:{team}/m", "")])
    with sqlite3.connect(path) as db:
        db.execute("UPDATE replies SET messages = '[]'")
    db.close()
    assert _look_up(path, "{team}/m") is None
    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT key, model FROM replies").fetchall()
    assert rows == [(REQUEST.key("server:chat:{team}/m"), "server:chat:{team}/m")]
    assert JOURNAL_VERSION == 5


def test_models_of_this_machine_and_deep_names_are_left_alone(tmp_path: Path):
    path, deep = tmp_path / "j.sqlite", "server:chat:m" + '{"a": ' * 5000
    models = ["dummy", "plain:dummy", "ab" * 32, "transformers:{", deep]
    _former_journal(path, [(model, "") for model in models])
    assert sorted(row[0] for row in Journal(path).read("SELECT model FROM replies", ())) == sorted(
        [*models[:-1], deep.replace("server:", f"server-{len(deep) - 12}:")]
    )
