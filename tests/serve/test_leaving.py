"""Who leaves before an answer is whole: the work ends, what they may have read is checked and kept, and no fault of ours is theirs."""

import asyncio
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

openai = pytest.importorskip("openai")
pytest.importorskip("starlette")

from secondhalf.serve.engines.generation import Delta, GenerationRequest  # noqa: E402
from support.serving import FAILS, ScriptedEngine, Served, ask, body, connect, get, serving  # noqa: E402


class _NeverEnding(ScriptedEngine):
    """Says its script, and then nothing for a long time."""

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Delta]:
        self.asked.append(request)
        try:
            for number, piece in enumerate(self.script, 1):
                yield Delta(str(piece), 5, number)
            await asyncio.sleep(60)
        finally:
            self.ended += 1


def _flags(served: Served) -> list[tuple[object, ...]]:
    return served.database.read("SELECT check_name, action FROM flags ORDER BY number")


def test_who_leaves_a_stream_before_its_first_piece_ends_the_work(tmp_path: Path):
    engine = _NeverEnding(["123 "] * 5)  # a number is held back until it is over
    with serving(tmp_path, {"keep": {"what": "everything"}}, {"taught": engine}) as served:
        connection = connect(served, body(stream=True))
        served.wait_until(lambda: engine.asked)
        time.sleep(0.1)
        connection.close()
        served.wait_until(lambda: engine.ended == 1)
        served.wait_until(lambda: served.database.read("SELECT sent, finish FROM answers") == [("", "")])
        served.wait_until(lambda: 'status="499"} 1.0' in get(served, "/metrics"))
        assert "requests_in_work 0.0" in get(served, "/metrics")


def test_who_reads_all_but_an_answer_s_end_is_flagged_as_who_reads_it(tmp_path: Path):
    engine = _NeverEnding(["Write to taro@example.com now. ", *["go on "] * 60])
    with serving(tmp_path, engines={"taught": engine}) as served:
        connection, got = connect(served, body(stream=True)), b""
        while b"go on" not in got:
            got += connection.recv(65536)
        connection.close()
        served.wait_until(lambda: _flags(served) == [("loops", "flag"), ("personal", "mask")])
        [(sent, finish)] = served.database.read("SELECT sent, finish FROM answers")
        assert str(sent).startswith("Write to [email] now. go on")
        assert finish == ""
        assert 'check="loops"' in get(served, "/metrics")


def test_an_answer_that_fails_on_its_way_is_flagged_and_was_sent_where_it_was_streamed(tmp_path: Path):
    engine = ScriptedEngine([*["go on "] * 60, FAILS])
    with serving(tmp_path, engines={"taught": engine}) as served:
        with pytest.raises(openai.APIError):
            list(ask(served, stream=True))
        with pytest.raises(openai.APIError):
            ask(served)
        served.wait_until(lambda: _flags(served) == [("loops", "flag")] * 2)
        kept = served.database.read("SELECT sent != '', answer != '' FROM answers ORDER BY time, rowid")
        assert kept == [(1, 1), (0, 1)]


def test_a_fault_of_ours_within_a_stream_is_told_and_counted_as_ours(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    engine = ScriptedEngine(["Half of it is here, ", "and then ", OSError("no disk")])
    with serving(tmp_path, engines={"taught": engine}) as served:
        connection = connect(served, body(stream=True))
        connection.settimeout(5)
        with pytest.raises(openai.APIError) as error:
            list(ask(served, stream=True))
        assert error.value.code == "fault"
        connection.close()
        served.wait_until(lambda: 'status="500"} 2.0' in get(served, "/metrics"))
        assert "fault of ours" in caplog.text
        engine.script = ["Fine."]
        assert ask(served).choices[0].message.content == "Fine."
