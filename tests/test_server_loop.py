import asyncio
import sys

import pytest

from secondhalf.server_loop import run_server


async def _loop_of(found: list[str]) -> None:
    found.append(type(asyncio.get_running_loop()).__module__)


def test_a_server_runs_in_uvloop_but_on_windows_which_has_none():
    found: list[str] = []
    run_server(_loop_of(found))
    assert found[0].split(".")[0] == ("asyncio" if sys.platform == "win32" else "uvloop")


def test_where_there_is_no_uvloop_it_runs_in_asyncio_s_loop(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "uvloop", None)
    found: list[str] = []
    run_server(_loop_of(found))
    assert found[0].startswith("asyncio.")
