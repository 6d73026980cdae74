"""Judgments a second of MT-Bench against a zero-latency judge, our journal on, beside FastChat's own judging code.

    python benchmarks/judge_overhead.py [--quick] [--peer .peers/fastchat/bin/python]

Both sides are handed the published questions, references and judge prompts, and as many answers; both ask for both turns,
read every grade and write down what was judged. They run alternately; the peer at the best of the widths tried first. What
is timed is the judging: neither imports nor the reading of files. arena-hard-auto's script is on no package index, and the
client that it needs has since changed under it: it is not run.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from harness import arguments, finish
from secondhalf.evaluate.judge.ask import Judges
from secondhalf.evaluate.judge.jury import verdicts
from secondhalf.evaluate.judge.settings import JudgeSettings, JudgingSettings
from secondhalf.evaluate.mt_bench.grading import read, requests, scores
from secondhalf.models.journal import Journal
from secondhalf.models.server import ServerSettings
from secondhalf.prompts.mt_bench import load
from secondhalf.rows import Score, to_table
from secondhalf.store import Stage
from servers import local_server, peer

DATA = Path(os.environ.get("SECONDHALF_DATA", "../shared/data"), "mt_bench")
FILES = [str(DATA / name) for name in ("question.jsonl", "reference_answer_gpt-4.jsonl", "judge_prompts.jsonl")]
WIDTHS = (8, 32)


def ours(url: str, copies: int) -> float:
    """Judgments a second, from the answers to the scores on disk; each copy is another model's stage."""
    prompts = load(Path(FILES[0]), Path(FILES[1]), published=True)
    settings = JudgingSettings(judges=[JudgeSettings(model="gpt-4", server=ServerSettings(urls=[url]))])
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.sqlite")
        start = time.perf_counter()
        judges = Judges(settings, journal, 0.0)  # one for a whole run
        for copy in range(copies):
            stage = Stage(Path(folder) / str(copy))
            stage.path.mkdir()
            answers = {f"{p.id}#{turn}": f"Answer {copy} to {p.id}, turn {turn}." for p in prompts for turn in (1, 2)}
            words, _ = judges.ask(requests(prompts, answers, judges.longest), stage, "judging")
            said = verdicts(words, read, lambda _: 1.0)
            assert set(said.grades.values()) == {7.0}
            stage.write("part", 0, to_table(Score, scores(prompts, said.grades)))
        seconds = time.perf_counter() - start
        journal.close()
    return copies * 2 * len(prompts) / seconds


def main() -> None:
    options = arguments(__doc__.splitlines()[0], "fastchat")
    if not Path(FILES[0]).is_file():
        sys.exit(f"{FILES[0]} does not exist: set SECONDHALF_DATA to the folder with mt_bench/.")
    copies, rounds = (3, 1) if options.quick else (20, 5)
    runs: dict[str, list[float]] = {"ours": [], "fastchat": []}
    with local_server("--end", " Rating: [[7]]") as url:

        def theirs(width: int) -> float:
            figures = peer(Path(options.peer), "judge_fastchat.py", url, *FILES, str(copies), str(width))
            versions["fschat"] = figures["version"]
            return float(figures["judgments_per_s"])

        versions: dict[str, str] = {}
        width = WIDTHS[0] if options.quick else max(WIDTHS, key=theirs)
        for _ in range(rounds):
            runs["ours"].append(ours(url, copies))
            runs["fastchat"].append(theirs(width))
    medians = {name: statistics.median(values) for name, values in runs.items()}
    figures = {
        "ratio": round(medians["ours"] / medians["fastchat"], 2),
        "judgments_per_s": round(medians["ours"]),
        "fastchat_judgments_per_s": round(medians["fastchat"]),
        "fastchat_width": width,
        "judgments": copies * 160,
        "runs": {name: [round(value) for value in values] for name, values in runs.items()},
    }
    finish("judge_overhead", figures, versions, quick=options.quick)


if __name__ == "__main__":
    main()
