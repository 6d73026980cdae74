"""Runs tests again and again, each time in a fork that has the libraries loaded already and nothing of ours: for mutants.py.

A line in: {"seconds": the limit, "arguments": pytest's}. A line out: {"code": pytest's exit status, or -1 past the limit}.
"""

import contextlib
import importlib
import json
import os
import signal
import sys
import time

import pytest

import secondhalf  # noqa: F401  (before torch, so that idle threads sleep)

LIBRARIES = (
    *(
        "hypothesis",
        "jinja2",
        "numpy",
        "pyarrow.compute",
        "pyarrow.parquet",
        "pydantic",
        "ruamel.yaml",
        "scipy.stats",
        "xxhash",
    ),
    *("torch", "transformers.modeling_utils", "transformers.models.gemma3", "peft", "safetensors.torch"),
)


def forked(arguments: list[str], seconds: float) -> int:
    """The exit status of pytest in a fork of this process; -1 where it was stopped at the limit, with all that it started."""
    child = os.fork()
    if child == 0:
        os.setpgrp()  # a session of its own would be scheduled by itself, however nice this one is
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os._exit(int(pytest.main(arguments)))
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -1


def main() -> None:
    sys.path.insert(
        0, os.getcwd()
    )  # as `python -m pytest` has it: processes that tests start import the tests' functions
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for name in [name for name in sys.modules if name.partition(".")[0] == "secondhalf"]:
        del sys.modules[name]
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps({"code": forked(request["arguments"], request["seconds"])}), flush=True)


if __name__ == "__main__":
    main()
