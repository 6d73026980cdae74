"""judge_overhead.py's figures of Arena-Hard v0.1: ours beside arena-hard-auto's own judging code, from a checkout of it.

Both compare two models' published answers with the baseline's, in both orders. The original makes a client for every
judgment, which is most of its time. `arena_one_client_ratio` is against it where it is made to keep one client: that is our
change to it; `arena_ratio` is against what its users run.
"""

import statistics
import sys
from pathlib import Path
from typing import Any

import judge_ours
from in_turns import in_turns, ratio_of, rounded
from servers import local_server, peer

ANSWERS = Path("data", "arena-hard-v0.1", "model_answer")
CLIENTS = ("own", "kept")
BASELINE, MODELS = "gpt-4-0314", ("gpt-3.5-turbo-0125", "gpt-4-0613")
FIGURES = [
    "arena_ratio",
    *(f"{name}_judgments_per_s" for name in ("ours_arena", "arena", "arena_one_client")),
    *(f"arena_{name}" for name in ("one_client_ratio", "widths", "tried", "judgments", "commit")),
]


def left_out() -> dict[str, Any]:
    """The figures without a checkout."""
    why = "arena-hard-auto is on no package index: give a checkout of it with --arena"
    return dict.fromkeys(FIGURES) | {"skipped": why, "runs": {}}


def check(checkout: Path, python: Path) -> None:
    """Ends the run where the checkout or its environment is incomplete."""
    answers = (checkout / ANSWERS / f"{model}.jsonl" for model in (BASELINE, *MODELS))
    for path in (python, checkout / "gen_judgment.py", *answers):
        if not path.is_file():
            sys.exit(
                f"{path} does not exist: --arena is a checkout of arena-hard-auto, --arena-peer what `make peers` builds."
            )


def measure(
    checkout: Path,
    python: Path,
    questions: Path,
    concurrencies: tuple[int, ...],
    versions: dict[str, str],
    *,
    quick: bool,
) -> dict[str, Any]:
    """The figures; the versions are added to `versions`."""
    count, rounds = (40, 1) if quick else (500, 5)
    commit = ""
    with local_server("--end", " My final verdict is tie: [[A=B]].") as url:

        def theirs(client: str, concurrency: int, count: int = count) -> float:
            nonlocal commit
            given = (str(checkout), url, str(questions), str(count), str(concurrency), client, *MODELS)
            result = peer(python, "judge_arena.py", *given)
            commit, versions["arena_openai"] = result["commit"], result["openai"]
            return float(result["judgments_per_s"])

        tried = {
            client: {} if quick else {str(width): round(theirs(client, width, 100)) for width in concurrencies}
            for client in CLIENTS
        }
        best = {
            client: int(max(speeds, key=lambda width: speeds[width], default="2")) for client, speeds in tried.items()
        }
        answers = checkout / ANSWERS
        judge_ours.arena(url, questions, answers, BASELINE, MODELS, 20)  # imports, which no peer's clock counts either
        runs = in_turns(
            rounds,
            ours_arena=lambda: judge_ours.arena(url, questions, answers, BASELINE, MODELS, count),
            arena=lambda: theirs("own", best["own"]),
            arena_one_client=lambda: theirs("kept", best["kept"]),
        )
    return {
        **ratio_of(runs["ours_arena"], runs["arena_one_client"], "arena_one_client_ratio"),
        **ratio_of(runs["ours_arena"], runs["arena"], "arena_ratio"),
        **{f"{name}_judgments_per_s": round(statistics.median(values)) for name, values in runs.items()},
        "arena_widths": best,
        "arena_tried": tried,
        "arena_judgments": 2 * len(MODELS) * count,
        "arena_commit": commit,
        "skipped": None,
        "runs": rounded(runs),
    }
