"""Lets idle threads of torch and llama.cpp sleep. Both compute with OpenMP, whose threads spin while they wait for one another.

Beside other busy processes a thread that spins uses up the time that the thread it waits for needs, and a training nearly stands
still. One that sleeps at once is woken too late: a small model's threads wait for one another a thousand times a token, some
microseconds each. So they spin for about as long as that, and then sleep (benchmarks/train_beside.py). What the user set in
OMP_WAIT_POLICY or GOMP_SPINCOUNT stands.
"""

import os
import sys
from typing import Any

_SPINS = "1000"
"""Some 10 µs, by libgomp's own estimate. Ten times as many cost models of any size more beside busy processes than they gain."""


def sleep_when_idle() -> None:
    """Makes OpenMP's idle threads sleep, in this process and in those that it starts.

    OpenMP reads both variables once, when torch or llama.cpp loads it; GOMP_SPINCOUNT is GNU's own. Where torch came first, GNU
    OpenMP (that of torch's wheels for Linux) is brought to sleep otherwise: with more threads than cores it spins 100 times
    instead of 300,000 (GOMP_SPINCOUNT in the manual of libgomp). Fewer threads than cores, by OMP_NUM_THREADS, are not enough
    for that.
    """
    if "OMP_WAIT_POLICY" in os.environ:
        return
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    os.environ.setdefault("GOMP_SPINCOUNT", _SPINS)
    if torch := sys.modules.get("torch"):
        _add_sleeping_team(torch)


def _add_sleeping_team(torch: Any) -> None:
    """OpenMP gives each thread that computes in parallel a team of its own, and keeps it as long as that thread lives."""
    import threading

    ready = threading.Event()

    def compute_and_stay() -> None:
        try:
            torch.zeros(1 << 22, dtype=torch.uint8, device="cpu").add_(1)  # 128 parts of torch's smallest size
        finally:
            ready.set()
        threading.Event().wait()

    threading.Thread(target=compute_and_stay, name="secondhalf-sleeping-team", daemon=True).start()
    ready.wait()
