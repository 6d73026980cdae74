"""The embedded engine's settings. What it answers is tested with the packaged models in tests/test_real_models.py."""

import os
from pathlib import Path
from typing import Any

import pytest

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
