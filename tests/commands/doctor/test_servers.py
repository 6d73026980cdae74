"""What doctor calls ok has answered: each server was asked for its models and for one token, with the key, within seconds."""

import json
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from secondhalf.cli import main
from secondhalf.commands.doctor.models import models
from secondhalf.commands.doctor.servers import try_server
from secondhalf.errors import UserError
from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import Request, Sampling
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.settings import ServerSettings
from secondhalf.recipe import load_recipe
from support.bad_server import BadServer
from support.recipes import tiny_recipe


def test_a_server_that_answers_is_ok_and_one_token_is_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TRY_KEY", "sk-very-secret")
    with BadServer() as server:
        server.models = ["m", "other"]
        finding = try_server("teacher", "m", ServerSettings(urls=[server.url], key_env="TRY_KEY"))
        assert (finding.ready, finding.message) == (True, f"m answers at {server.url}")
        listed, prompted = server.heard
    assert listed.startswith(b"GET /v1/models ")
    assert all(b"Bearer sk-very-secret" in heard for heard in (listed, prompted))
    body = json.loads(prompted.partition(b"\r\n\r\n")[2])
    assert (body["model"], body["max_tokens"]) == ("m", 1)


@pytest.mark.parametrize(
    ("kind", "models", "sentence"),
    [
        ("401", None, "refuses the key in TRY_KEY"),
        ("402", None, "asks for payment"),
        ("404", ["qwen3-8b", "gemma"], "it has no qwen3-8, did you mean qwen3-8b? (it names qwen3-8b, gemma)"),
        ("404", ["大規模", "gemma"], "it has no qwen3-8: it names 大規模, gemma"),
        ("404", None, "does not know the address or the model"),
        ("500", ["qwen3-8"], "does not answer qwen3-8: the server answered 500"),
        ("html", None, "no JSON"),
        ("reset", None, "broke off"),
        ("400", None, "does not answer qwen3-8"),
    ],
)
def test_what_would_stop_a_run_is_said_with_the_servers_words(
    monkeypatch: pytest.MonkeyPatch, kind: str, models: list[str] | None, sentence: str
):
    monkeypatch.setenv("TRY_KEY", "sk-very-secret")
    with BadServer(lambda prompt, nth: kind) as server:
        server.models = models
        finding = try_server("teacher", "qwen3-8", ServerSettings(urls=[server.url], key_env="TRY_KEY"))
    assert not finding.ready
    assert sentence in finding.message
    assert "sk-very-secret" not in finding.message


def test_a_server_that_wants_sixteen_tokens_gets_them():
    with BadServer(lambda prompt, nth: "400" if nth == 0 else "ok") as server:
        assert try_server("teacher", "m", ServerSettings(urls=[server.url])).ready
        assert len(server.calls) == 2


def test_of_two_servers_a_dead_one_is_named_within_seconds():
    start = time.monotonic()
    with BadServer() as server, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
        finding = try_server("teacher", "m", ServerSettings(urls=[server.url, dead]))
    assert not finding.ready
    assert f"{dead} cannot be reached" in finding.message
    assert "server.urls" in finding.message
    assert time.monotonic() - start < 10


def test_a_server_that_hears_and_says_nothing_is_named_when_its_time_is_over():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        finding = try_server("teacher", "m", ServerSettings(urls=[url], timeout=0.4))
    assert not finding.ready
    assert f"{url} was not reached within seconds" in finding.message


def test_a_run_stops_within_seconds_where_no_server_was_ever_reached(tmp_path: Path):
    """It waited for server.patience, 900 seconds."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
        servers = Servers("m", ServerSettings(urls=[dead], start_patience=0.3, backoff=0.01))
        with pytest.raises(UserError, match=r"no connection for 0\.3 seconds \(server\.start_patience\).*doctor"):
            _ask(servers, tmp_path)


def test_a_run_stops_within_seconds_where_a_server_takes_connections_and_says_nothing(tmp_path: Path):
    """It waited for server.timeout, 600 seconds, and server.patience after that."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        servers = Servers("m", ServerSettings(urls=[url], start_patience=0.5))
        with pytest.raises(UserError, match=r"nothing is answered for 0\.5 seconds.*server\.start_patience.*doctor"):
            _ask(servers, tmp_path)


def test_a_server_that_writes_longer_than_that_and_names_its_models_is_waited_for(tmp_path: Path):
    with BadServer() as server:
        server.models, server.seconds = ["m"], 1.5
        assert len(_ask(Servers("m", ServerSettings(urls=[server.url], start_patience=0.5)), tmp_path)) == 3


def test_one_of_two_servers_that_is_silent_stops_nothing(tmp_path: Path):
    with BadServer() as server, socket.create_server(("127.0.0.1", 0)) as silent:
        mute = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        settings = ServerSettings(urls=[server.url, mute], start_patience=0.3, timeout=1, backoff=0.01)
        assert len(_ask(Servers("m", settings), tmp_path)) == 3


def _ask(servers: Servers, tmp_path: Path) -> dict[str, Any]:
    """Three requests, within ten seconds."""
    requests = [Request(f"r{n}", (("user", f"say {n}"),), Sampling()) for n in range(3)]
    journal, start = Journal(tmp_path / "j.sqlite"), time.monotonic()
    try:
        return dict(send_requests(requests, servers.identity, lambda: servers, journal, "test"))
    finally:
        journal.close()
        assert time.monotonic() - start < 10


def test_doctor_tries_teachers_and_judges_once_each_and_nobody_offline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    with BadServer() as server:
        pool = {"urls": [server.url]}
        data = {"taught": {}, "longer": {"teach": {"sampling": {"max_tokens": 30}}}, "original": None}
        audit = {"contradiction": {"model": "c", "server": pool}}
        judges = {"judging": {"judges": [{"model": "j", "server": pool}]}}
        tiny_recipe(Path("r.yaml"), teach={"model": "m", "server": pool}, data=data, audit=audit, evaluate=judges)
        recipe = load_recipe(Path("r.yaml"))
        assert all("not asked" in row.message and row.ready for row in models(recipe, offline=True))
        assert server.heard == []
        findings = {row.what: row for row in models(recipe)}
        assert (
            findings["teacher of taught"].message
            == findings["teacher of longer"].message
            == f"m answers at {server.url}"
        )
        assert findings["judge j"].ready
        assert findings["audit.contradiction of taught"].message == f"c answers at {server.url}"
        assert len(server.calls) == 3
        server.stop()
        assert main(["doctor", "r.yaml", "--set", "corpus.sample=1"]) == 2
        assert "cannot be reached" in capsys.readouterr().out
        server.start()
