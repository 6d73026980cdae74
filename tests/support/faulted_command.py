"""Runs a secondhalf command in which something goes wrong: python faulted_command.py '{"die": 40}' COMMAND [...].

die     SIGKILL at this event: an open, rename, removal or new folder below the working directory
room    bytes that a file may grow to before the disk is full
clock   the wall clock jumps by up to a day, either way, drawn anew from this seed at every look
"""

import json
import os
import random
import resource
import signal
import sys
import time
from pathlib import Path

EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"}


def die_at(event: int) -> None:
    """Kills this process just before its `event`th change or look at a file of the user's."""
    here, left = str(Path.cwd()), [event]

    def hook(name: str, arguments: tuple[object, ...]) -> None:
        if name in EVENTS and str(arguments[0]).startswith((here, "store", "runs")):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def jump(seed: int) -> None:
    """Makes every look at the wall clock wrong by up to a day."""
    rng, clock = random.Random(seed), time.time
    time.time = lambda: clock() + rng.uniform(-86_400, 86_400)


if __name__ == "__main__":
    faults = json.loads(sys.argv[1])
    from secondhalf.cli import start

    if "room" in faults:
        resource.setrlimit(resource.RLIMIT_FSIZE, (faults["room"], faults["room"]))
    if "clock" in faults:
        jump(faults["clock"])
    if "die" in faults:
        die_at(faults["die"])
    sys.argv = ["secondhalf", *sys.argv[2:]]
    start()
