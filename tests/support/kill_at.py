"""Runs a recipe and kills itself, with SIGKILL, at a named moment: python kill_at.py MOMENT CALLS RECIPE [...].

MOMENTS that stand with commas run one after the other, each in a process of its own; they are forked from this one, since each
would import torch and transformers for seconds. Their exit statuses are printed, a line each, as `status N`.

Moments: STAGE (just before its manifest is written), teach-half (after some replies), train-half (after a checkpoint),
evaluate-half (after the answers, before the likelihoods), report (just before the page is renamed), never.
CALLS is a file that gets a line for every model call.
"""

import os
import signal
import sys
from pathlib import Path

from secondhalf.cli import main
from secondhalf.models.engines import dummy
from secondhalf.models.journal import journal
from secondhalf.process import run_process
from secondhalf.store import Stage


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _wrap(target: object, name: str, before=None, after=None) -> None:
    inner = getattr(target, name)

    def outer(*args, **kwargs):
        if before:
            before(*args, **kwargs)
        result = inner(*args, **kwargs)
        if after:
            after(*args, **kwargs)
        return result

    setattr(target, name, outer)


def run(moment: str, calls: str, arguments: list[str]) -> int:
    """Sets the trap and runs the command."""

    def count(engine, request):
        with Path(calls).open("a") as file:
            file.write(request.key("dummy") + "\n")

    _wrap(dummy.Dummy, "generate", after=count)
    _wrap(Stage, "finish", before=lambda stage, manifest: stage.name == moment and _die())
    if moment == "teach-half":
        stored: list[int] = []
        _wrap(journal.Journal, "store", after=lambda *args: stored.append(1) or (len(stored) == 5 and _die()))
    if moment == "train-half":
        from secondhalf.train import trainer

        _wrap(trainer, "save_checkpoint", after=lambda *args: _die())
    if moment == "evaluate-half":
        _wrap(Stage, "write", after=lambda stage, kind, index, table: kind == "answers" and _die())
    if moment == "report":
        from secondhalf import pipeline

        _wrap(pipeline, "write", before=lambda *args: _die())
    return main(arguments)


def run_all(moments: list[str], calls: str, arguments: list[str]) -> int:
    """`run` at each of the moments, and their statuses printed as `subprocess` gives them."""
    import peft
    import torch
    import transformers

    assert peft, (torch, transformers)
    for moment in moments:
        child = os.fork()
        if not child:
            run_process(lambda moment=moment: run(moment, calls, arguments))
        sys.stdout.write(f"status {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    moments = sys.argv[1].split(",")
    if len(moments) == 1:
        run_process(lambda: run(sys.argv[1], sys.argv[2], sys.argv[3:]))
    run_process(lambda: run_all(moments, sys.argv[2], sys.argv[3:]))
