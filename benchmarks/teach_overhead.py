"""Requests a second against a zero-latency local server, our journal on, beside distilabel and Bespoke Curator.

    python benchmarks/teach_overhead.py [--quick] [--peer .peers]

All sides are asked the same prompts and run alternately; each peer runs in its own environment with its own cache on, at
the best of the concurrencies (distilabel: batch sizes) tried in a first round. What is timed is generation: neither
imports nor the building of a pipeline.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from harness import finish
from peers.prompts import prompts
from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import Reply, Request, Sampling
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.settings import ServerSettings
from servers import local_server, peer

# Each peer's script, the concurrencies (distilabel: batch sizes) to choose from, and prompts for some seconds of work.
PEERS = {"distilabel": ("generate_distilabel.py", (50, 500), 5000), "curator": ("generate_curator.py", (64, 256), 5000)}


def ours(url: str, count: int) -> float:
    """Requests a second through send_requests, from the first prompt to the last reply in the journal."""
    sampling = Sampling()
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.sqlite")
        servers = Servers("gpt-4o-mini", ServerSettings(urls=[url]))
        requests = (Request(str(i), (("user", text),), sampling) for i, text in enumerate(prompts(count)))
        start = time.perf_counter()
        answers = send_requests(requests, servers.identity, lambda: servers, journal, "overhead", total=count)
        answered = sum(isinstance(reply, Reply) for _, reply in answers)
        seconds = time.perf_counter() - start
        assert answered == len(journal) == count
        journal.close()
    return count / seconds


def rate(folder: Path, name: str, url: str, count: int, concurrency: int, versions: dict[str, str]) -> float:
    """Requests a second of a peer; notes its version."""
    figures = peer(folder / name / "bin" / "python", PEERS[name][0], url, str(count), str(concurrency))
    versions[name] = figures["version"]
    return float(figures["requests_per_s"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one run of ours, and of the faster peer")
    parser.add_argument("--peer", type=Path, default=Path(".peers"), help="the folder of the peers' environments")
    options = parser.parse_args()
    quick: bool = options.quick
    peers = {"curator": PEERS["curator"]} if quick else PEERS
    runs: dict[str, list[float]] = {"ours": []}
    best_concurrency: dict[str, int] = {}
    failed: dict[str, str] = {}
    versions: dict[str, str] = {}
    with local_server() as url:
        for name, (_, concurrencies, count) in peers.items():
            try:
                tried = {
                    concurrency: 0.0 if quick else rate(options.peer, name, url, count, concurrency, versions)
                    for concurrency in concurrencies
                }
                best_concurrency[name], runs[name] = max(tried, key=lambda concurrency: tried[concurrency]), []
            except (RuntimeError, OSError) as error:
                failed[name] = str(error).splitlines()[-1]
        for _ in range(1 if quick else 5):
            runs["ours"].append(ours(url, 4000 if quick else 20_000))
            for name, concurrency in best_concurrency.items():
                runs[name].append(
                    rate(options.peer, name, url, 2000 if quick else PEERS[name][2], concurrency, versions)
                )
    medians = {name: statistics.median(values) for name, values in runs.items()}
    best = max((value for name, value in medians.items() if name != "ours"), default=None)
    figures = {
        "ratio": round(medians["ours"] / best, 2) if best else None,
        "requests_per_s": round(medians["ours"]),
        **{f"{name}_requests_per_s": round(value) for name, value in medians.items() if name != "ours"},
        "widths": best_concurrency,
        "runs": {name: [round(value) for value in values] for name, values in runs.items()},
        "peer_versions": versions,
        "not_run": failed,
    }
    finish("teach_overhead", figures, {}, quick=quick)


if __name__ == "__main__":
    main()
