"""The process's event loop: connections outlive an asking, and what one asking breaks does not end the others."""

import asyncio
import os
from pathlib import Path

import pytest

from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import Backend, Reply, Request, Sampling
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.models.scheduling.event_loop import run_on_loop, shared_loop
from secondhalf.models.server import http_client
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.settings import ServerSettings
from support.bad_server import BadServer


def _send(engine: Backend, journal: Journal, names: range) -> list[Reply]:
    requests = [Request(f"r{n}", (("user", f"text {n}"),), Sampling()) for n in names]
    return [
        reply
        for _, reply in send_requests(requests, engine.identity, lambda: engine, journal, "asking")
        if isinstance(reply, Reply)
    ]


def _ungreeted(settings: ServerSettings) -> Servers:
    """Servers that are not asked for their models first, so that the connections are the requests' own."""
    engine = Servers("m", settings)
    for lane in engine.lanes:
        lane.greet = None
    return engine


def test_connections_outlive_an_asking_and_are_made_anew_when_the_server_was_away(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    with BadServer() as server:
        engine = _ungreeted(ServerSettings(urls=[server.url], backoff=0.01, max_in_flight=4))
        assert len(_send(engine, journal, range(40))) == 40
        assert len(_send(engine, journal, range(40, 80))) == 40
        assert engine.generate(Request("alone", (("user", "text"),), Sampling())).text == "reply to text"
        assert server.opened <= 4
        server.stop()
        server.start()
        assert len(_send(engine, journal, range(80, 120))) == 40
        engine.close()


def test_a_connection_that_was_idle_for_long_is_not_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    with BadServer() as server:
        engine = _ungreeted(ServerSettings(urls=[server.url], max_in_flight=1))
        assert len(_send(engine, journal, range(3))) == 3
        assert server.opened == 1
        monkeypatch.setattr(http_client, "_IDLE", 0.0)
        monkeypatch.setattr(http_client, "_sessions", {})
        assert len(_send(engine, journal, range(3, 5))) == 2
        assert server.opened == 3
        run_on_loop(http_client._sessions[shared_loop()].close())


def test_an_engine_that_wants_to_exit_ends_its_asking_alone(tmp_path: Path) -> None:
    class Leaving:
        identity, slots = "leaving", 2

        def generate(self, request: Request) -> Reply:
            raise SystemExit(3)

        def close(self) -> None:
            pass

    journal = Journal(tmp_path / "journal.sqlite")
    with pytest.raises(SystemExit):
        _send(Leaving(), journal, range(3))
    assert shared_loop().is_running()


def test_a_fork_has_a_loop_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    parents = shared_loop()
    with monkeypatch.context() as child:  # a thread does not live on in a fork: its process has another number
        child.setattr(os, "getpid", lambda: -1)
        own = shared_loop()
        assert own is not parents
        assert asyncio.run_coroutine_threadsafe(asyncio.sleep(0, "ran"), own).result(5) == "ran"
        assert shared_loop() is own
    assert shared_loop() is parents
    own.call_soon_threadsafe(own.stop)
