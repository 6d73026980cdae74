"""Requests a second against a zero-latency local server, our journal on, beside distilabel and Bespoke Curator.

    python benchmarks/teach_overhead.py [--quick] [--peer .peers]

All sides are asked the same prompts, as many, and run in turns; each peer runs in its own environment with its own cache on, at
the best of the widths tried first on some of the prompts: curator's requests at once, distilabel's rows a batch and processes
(its replicas: there are two cores). What is timed is generation: neither imports nor the building of a pipeline.
"""

import argparse
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

from harness import finish
from in_turns import fastest, in_turns, ratio_of, rounded
from peers.prompts import prompts
from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import Reply, Request, Sampling
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.settings import ServerSettings
from servers import local_server, peer

PROMPTS, TRIED = 20_000, 4000
# Each peer's script, and the widths to choose from.
PEERS = {
    "distilabel": ("generate_distilabel.py", ("50x1", "500x1", "2000x1", "500x2", "2000x2")),
    "curator": ("generate_curator.py", ("16", "64", "128", "256", "512")),
}


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


def rate(folder: Path, name: str, url: str, count: int, width: str, versions: dict[str, str]) -> float:
    """Requests a second of a peer; notes its version."""
    figures = peer(folder / name / "bin" / "python", PEERS[name][0], url, str(count), width)
    versions[name] = figures["version"]
    return float(figures["requests_per_s"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one run of ours, and of the faster peer")
    parser.add_argument("--peer", type=Path, default=Path(".peers"), help="the folder of the peers' environments")
    options = parser.parse_args()
    quick: bool = options.quick
    peers = {"curator": PEERS["curator"]} if quick else PEERS
    tried: dict[str, dict[str, float]] = {}
    failed: dict[str, str] = {}
    versions: dict[str, str] = {}
    with local_server() as url:
        for name, (_, widths) in peers.items():
            try:
                tried[name] = {
                    width: 0.0 if quick else round(rate(options.peer, name, url, TRIED, width, versions), 1)
                    for width in (widths[2:3] if quick else widths)
                }
            except (RuntimeError, OSError) as error:
                failed[name] = str(error).splitlines()[-1]
        best_width = {name: max(speeds, key=lambda width: speeds[width]) for name, speeds in tried.items()}
        count = 2000 if quick else PROMPTS
        ours(url, 100)  # imports, which no peer's clock counts either
        runs = in_turns(
            1 if quick else 5,
            ours=lambda: ours(url, count),
            **{
                name: partial(rate, options.peer, name, url, count, width, versions)
                for name, width in best_width.items()
            },
        )
    medians = {name: statistics.median(values) for name, values in runs.items()}
    best = fastest(runs, list(best_width)) if best_width else ""
    figures = {
        **(ratio_of(runs["ours"], runs[best]) if best else {"ratio": None}),
        **{f"{name}_ratio": ratio_of(runs["ours"], runs[name])["ratio"] for name in best_width},
        **ratio_of(runs["ours"], [1.0] * len(runs["ours"]), "requests_per_s"),
        **{f"{name}_requests_per_s": round(value) for name, value in medians.items() if name != "ours"},
        "prompts": count,
        "widths": best_width,
        "tried": tried,
        "runs": rounded(runs),
        "not_run": failed,
    }
    finish("teach_overhead", figures, versions, quick=quick)


if __name__ == "__main__":
    main()
