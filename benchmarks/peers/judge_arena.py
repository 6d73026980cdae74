"""arena-hard-auto's side of judge_overhead.py: python judge_arena.py CHECKOUT URL QUESTIONS COUNT CONCURRENCY CLIENT MODEL...

Its own `judgment` over a thread pool as gen_judgment.py's last lines have it (they are no function), with its own readers,
settings and client, in a working folder of the form that it expects. The answers are those that its repository publishes;
each MODEL is compared with its own baseline in both orders. Only the judging is timed.

Its code makes a client for every judgment, which reads the certificates anew. CLIENT: `own` leaves it so; `kept` hands it one
client over and over, to tell how much of its time that is.
"""

import functools
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path

import yaml

BENCH, SETTINGS, ENDPOINTS = "arena-hard-v0.1", "config/arena-hard-v0.1.yaml", "config/api_config.yaml"


def prepare(checkout: Path, work: Path, url: str, questions: list[str], concurrency: int, models: list[str]) -> None:
    """Its data/ and config/ in `work`: everything as the checkout has it but the questions, the models and the judge."""
    data = work / "data" / BENCH
    for folder in (data, work / "config"):
        folder.mkdir(parents=True)
    (data / "question.jsonl").write_text("".join(f"{line}\n" for line in questions), "utf-8")
    (data / "model_answer").symlink_to(checkout / "data" / BENCH / "model_answer")
    settings = yaml.safe_load((checkout / SETTINGS).read_text("utf-8")) | {"model_list": models}
    (work / SETTINGS).write_text(yaml.safe_dump(settings), "utf-8")
    judge = yaml.safe_load((checkout / ENDPOINTS).read_text("utf-8"))[settings["judge_model"]]
    judge |= {"endpoints": [{"api_base": url, "api_key": "none"}], "parallel": concurrency}
    (work / ENDPOINTS).write_text(yaml.safe_dump({settings["judge_model"]: judge}), "utf-8")


def judge(models: list[str], keep: bool) -> float:
    """Judgments a second of the working folder's questions, two a question and model."""
    import gen_judgment as its
    import openai  # which it imports no earlier than in its first call

    configs = its.make_config(SETTINGS)
    endpoint = its.make_config(ENDPOINTS)[configs["judge_model"]]
    questions = its.load_questions(f"data/{BENCH}/question.jsonl")
    answers = its.load_model_answers(f"data/{BENCH}/model_answer")
    folder = Path("data", BENCH, "model_judgment", configs["judge_model"])
    folder.mkdir(parents=True)
    jobs = []
    for model in models:
        for question in questions:
            baseline = its.JUDGE_SETTINGS[question["category"]]["baseline"]
            jobs.append(
                {
                    "question": question,
                    "answer": answers[model][question["uid"]],
                    "baseline": answers[baseline][question["uid"]],
                    "reference": None,
                    "configs": configs,
                    "settings": endpoint,
                    "output_file": str(folder / f"{model}.jsonl"),
                }
            )
    if keep:
        openai.OpenAI = functools.cache(openai.OpenAI)
    where = endpoint["endpoints"][0]
    # A client imports the rest of its package when it is first used.
    assert openai.OpenAI(base_url=where["api_base"], api_key=where["api_key"]).chat.completions
    start = time.perf_counter()
    with ThreadPoolExecutor(endpoint["parallel"]) as pool:
        for done in as_completed([pool.submit(its.judgment, job) for job in jobs]):
            done.result()
    seconds = time.perf_counter() - start
    rows = [json.loads(row) for file in folder.iterdir() for row in file.read_text("utf-8").strip().split("\n")]
    assert len(rows) == len(jobs)
    assert all([game["score"] for game in row["games"]] == ["A=B", "A=B"] for row in rows)
    return 2 * len(rows) / seconds


def main() -> None:
    checkout, url, questions, count, concurrency, client, *models = sys.argv[1:]
    folder = Path(checkout).resolve()
    commit = subprocess.run(
        ["git", "--git-dir", str(folder / ".git"), "rev-parse", "--short=12", "HEAD"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    sys.path.insert(0, str(folder))
    lines = Path(questions).read_text("utf-8").split("\n")[: int(count)]
    with tempfile.TemporaryDirectory() as work:
        prepare(folder, Path(work), url, lines, int(concurrency), models)
        os.chdir(work)
        result = {"judgments_per_s": judge(models, client == "kept"), "commit": commit, "openai": version("openai")}
        os.chdir(folder)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
