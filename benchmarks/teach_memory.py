"""Peak memory of asking 10 thousand, 100 thousand and 1 million prompts, each in a process of its own.

    python benchmarks/teach_memory.py [--quick]

A zero-latency local server answers; prompts stream in, replies stream out, the journal grows on disk. `growth_mb` is the
highest peak less the lowest.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import finish
from peers.prompts import prompts
from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import Request, Sampling
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.settings import ServerSettings
from servers import local_server


def generate(url: str, count: int) -> None:
    """Sends the requests, and prints the peak resident memory in MB."""
    sampling = Sampling()
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.sqlite")
        servers = Servers("any", ServerSettings(urls=[url]))
        requests = (Request(str(i), (("user", text),), sampling) for i, text in enumerate(prompts(count)))
        answered = sum(
            1 for _ in send_requests(requests, servers.identity, lambda: servers, journal, "memory", total=count)
        )
        assert answered == count
        journal.close()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--ask", nargs=2, metavar=("URL", "COUNT"), help="what each process does")
    options = parser.parse_args()
    if options.ask:
        return generate(options.ask[0], int(options.ask[1]))
    peaks: dict[str, float] = {}
    seconds: dict[str, float] = {}
    with local_server() as url:
        for count in (2000, 20_000) if options.quick else (10_000, 100_000, 1_000_000):
            start = time.monotonic()
            command = [sys.executable, __file__, "--ask", url, str(count)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            peaks[str(count)] = round(float(done.stdout.split()[-1]), 1)
            seconds[str(count)] = round(time.monotonic() - start, 1)
    growth = max(peaks.values()) - min(peaks.values())
    finish(
        "teach_memory", {"growth_mb": round(growth, 1), "peak_mb": peaks, "seconds": seconds}, {}, quick=options.quick
    )
    return None


if __name__ == "__main__":
    main()
