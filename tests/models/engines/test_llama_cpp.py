"""The embedded engine's settings. What it answers is tested with the packaged models in tests/test_real_models.py."""

import os
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from secondhalf.errors import UserError
from secondhalf.models.engines.llama_cpp import LlamaCppTeacher


def test_its_threads_use_the_cores_that_the_process_may_and_never_poll(tmp_path: Path, monkeypatch):
    xllamacpp = pytest.importorskip("xllamacpp")
    given: list[Any] = []
    monkeypatch.setattr(xllamacpp, "Server", given.append)
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    LlamaCppTeacher(tmp_path / "model.gguf", "model")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    for threads in (given[0].cpuparams, given[0].cpuparams_batch):
        assert (threads.poll, threads.n_threads) == (0, cores)


def test_an_engine_that_cannot_be_reached_is_a_sentence():
    with socket.socket() as closed:  # bound, and nobody listens
        closed.bind(("127.0.0.1", 0))
        engine = object.__new__(LlamaCppTeacher)
        engine.secret = "s"
        engine._server = SimpleNamespace(listening_address=f"http://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(UserError, match=r"cannot be reached at http://127\.0\.0\.1:\d+ \(.*refused\)"):
            engine.chat_ids("a")
