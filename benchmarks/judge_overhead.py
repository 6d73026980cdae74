"""Judgments a second against a zero-latency judge, our journal on, beside FastChat's and arena-hard-auto's own judging code.

    python benchmarks/judge_overhead.py [--quick] [--peer .peers/fastchat/bin/python]
        [--arena CHECKOUT] [--arena-peer .peers/arena/bin/python]

Both sides are handed the same questions, judge prompts and as many answers, ask the same, read every verdict and write down
what was judged: MT-Bench's both turns as FastChat has them (`ratio`), and Arena-Hard in both orders as arena-hard-auto has it
(judge_arena_hard.py). They run in turns; a peer at the best of the concurrencies tried first, with its own client and with one
that is kept. What is timed is the judging: neither imports nor the reading of files.

arena-hard-auto is on no package index, so it is run only from a checkout: git clone
https://github.com/lmarena/arena-hard-auto CHECKOUT. Without one its figures are null.
"""

import os
import statistics
import sys
from pathlib import Path
from typing import Any

import judge_arena_hard
import judge_ours
from harness import ROOT, arguments, finish
from in_turns import in_turns, ratio_of, rounded
from servers import local_server, peer

DATA = Path(os.environ.get("SECONDHALF_DATA", "../shared/data"))
QUESTIONS, REFERENCES, PROMPTS = (
    DATA / "mt_bench" / name for name in ("question.jsonl", "reference_answer_gpt-4.jsonl", "judge_prompts.jsonl")
)
ARENA = DATA / "arena_hard" / "question.jsonl"
CONCURRENCIES = (1, 2, 4, 8, 32)
CLIENTS = ("own", "kept")


def fastchat(python: Path, versions: dict[str, str], *, quick: bool) -> dict[str, Any]:
    """The figures of MT-Bench; the versions are added to `versions`."""
    copies, rounds = (3, 1) if quick else (20, 5)
    with local_server("--end", " Rating: [[7]]") as url:

        def theirs(setting: tuple[str, int], copies: int = copies) -> float:
            client, concurrency = setting
            given = (url, str(QUESTIONS), str(REFERENCES), str(PROMPTS), str(copies), str(concurrency), client)
            result = peer(python, "judge_fastchat.py", *given)
            versions["fschat"] = result["version"]
            return float(result["judgments_per_s"])

        settings = [(client, concurrency) for client in CLIENTS for concurrency in CONCURRENCIES]
        tried = {} if quick else {setting: theirs(setting, 5) for setting in settings}
        best = max(tried, key=lambda setting: tried[setting]) if tried else ("kept", 2)
        judge_ours.mt_bench(url, QUESTIONS, REFERENCES, 1)  # imports, which no peer's clock counts either
        runs = in_turns(
            rounds,
            ours=lambda: judge_ours.mt_bench(url, QUESTIONS, REFERENCES, copies),
            fastchat=lambda: theirs(best),
        )
    return {
        **ratio_of(runs["ours"], runs["fastchat"]),
        "judgments_per_s": round(statistics.median(runs["ours"])),
        "fastchat_judgments_per_s": round(statistics.median(runs["fastchat"])),
        "fastchat_client": best[0],
        "fastchat_width": best[1],
        "fastchat_tried": {f"{client} {concurrency}": round(speed) for (client, concurrency), speed in tried.items()},
        "judgments": copies * 160,
        "runs": rounded(runs),
    }


def main() -> None:
    options = arguments(
        __doc__.splitlines()[0],
        "fastchat",
        arena="a checkout of arena-hard-auto; without it that side is left out",
        arena_peer="the python of its environment, by default .peers/arena/bin/python",
    )
    for path in (QUESTIONS, ARENA) if options.arena else (QUESTIONS,):
        if not path.is_file():
            sys.exit(f"{path} does not exist: set SECONDHALF_DATA to the folder with mt_bench/ and arena_hard/.")
    python = Path(options.arena_peer or ROOT / ".peers" / "arena" / "bin" / "python")
    if options.arena:
        judge_arena_hard.check(Path(options.arena), python)
    versions: dict[str, str] = {}
    figures = fastchat(Path(options.peer), versions, quick=options.quick)
    if options.arena:
        beside = judge_arena_hard.measure(
            Path(options.arena), python, ARENA, CONCURRENCIES, versions, quick=options.quick
        )
    else:
        beside = judge_arena_hard.left_out()
    figures |= beside | {"runs": figures["runs"] | beside["runs"]}
    given = "--arena CHECKOUT" if options.arena else ""
    finish("judge_overhead", figures, versions, quick=options.quick, given=given)


if __name__ == "__main__":
    main()
