"""Limits of keys at their edge: what is told to come again uses none of them, and no clock's jump gives more."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from secondhalf.serve.errors import ApiError
from secondhalf.serve.keys import ClientKey, ClientKeys, KeyLimits
from support.serving import ScriptedEngine, body, connect, post, read_all, serving


def test_a_request_for_which_there_is_no_room_uses_none_of_its_key_s_minute(tmp_path: Path):
    engine = ScriptedEngine(["a"], pause=0.6)
    with serving(tmp_path, {"limits": {"in_work": 1}}, {"taught": engine}) as served:
        keys = ClientKeys(served.database)
        first, second = f"Bearer {keys.make('ann', 0, 0)}", f"Bearer {keys.make('bob', 2, 0)}"
        busy = threading.Thread(target=post, args=[served, body()], kwargs={"Authorization": first})
        busy.start()
        served.wait_until(lambda: engine.asked)
        assert [post(served, body(), Authorization=second)[0] for _ in range(4)] == [503] * 4
        busy.join()
        assert [post(served, body(), Authorization=second)[0] for _ in range(3)] == [200, 200, 429]


def test_many_at_once_get_no_more_than_their_key_s_limit(tmp_path: Path):
    with serving(tmp_path, engines={"taught": ScriptedEngine(["a"], pause=0.05)}) as served:
        key = f"Bearer {ClientKeys(served.database).make('ann', 5, 0)}"
        with ThreadPoolExecutor(20) as clients:
            answered = list(clients.map(lambda _: post(served, body(), Authorization=key)[0], range(20)))
        assert Counter(answered) == {200: 5, 429: 15}


def test_a_key_that_is_revoked_in_the_middle_of_a_stream_opens_no_other(tmp_path: Path):
    engine = ScriptedEngine(["word "] * 20, pause=0.02)
    with serving(tmp_path, engines={"taught": engine}) as served:
        keys = ClientKeys(served.database)
        key, raw = keys.make("ann", 0, 0), body(stream=True)
        connection = connect(served)
        head = f"POST /v1/chat/completions HTTP/1.0\r\nHost: x\r\nContent-Length: {len(raw)}\r\nAuthorization: bearer {key}\r\n\r\n"
        connection.sendall(head.encode() + raw)
        served.wait_until(lambda: engine.asked)
        keys.revoke("ann")
        assert post(served, body(), Authorization=f"Bearer {key}")[0] == 401
        assert read_all(connection).rstrip().endswith(b"data: [DONE]")


def test_no_jump_of_the_clock_of_the_day_gives_more(monkeypatch: pytest.MonkeyPatch):
    limits, key = KeyLimits(), ClientKey("ann", 1, 0)
    limits.admit(key)
    for moment in (0.0, 2**40):
        monkeypatch.setattr(time, "time", lambda moment=moment: moment)
        with pytest.raises(ApiError, match="wait"):
            limits.admit(key)
