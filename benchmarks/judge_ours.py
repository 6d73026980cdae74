"""Our side of judge_overhead.py: judgments a second, each run with a new journal and stages of its own."""

import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from secondhalf.evaluate.arena_hard.prompts import load_arena_hard
from secondhalf.evaluate.arena_hard.stage import score_arena_hard
from secondhalf.evaluate.benchmark import BenchmarkFiles, ScoringInputs
from secondhalf.evaluate.judge.judges import Judges
from secondhalf.evaluate.judge.jury import read_verdicts
from secondhalf.evaluate.judge.settings import AnswerJudgeSettings, JudgingSettings
from secondhalf.evaluate.mt_bench.grading import mt_bench_requests, mt_bench_scores, parse_rating
from secondhalf.evaluate.mt_bench.prompts import load_mt_bench
from secondhalf.models.journal.journal import Journal
from secondhalf.models.server.settings import ServerSettings
from secondhalf.rows import Answer, Score, to_table
from secondhalf.store import Stage


def mt_bench(url: str, questions: Path, references: Path, copies: int) -> float:
    """From the answers to the scores on disk; each copy is another model's stage."""
    prompts = load_mt_bench(BenchmarkFiles(questions, references, as_published=True))
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.sqlite")
        start = time.perf_counter()
        judges = Judges(_settings("gpt-4", url), journal, 0.0)  # one for a whole run
        for copy in range(copies):
            stage = _stage(folder, str(copy))
            answers = {f"{p.id}#{turn}": f"Answer {copy} to {p.id}, turn {turn}." for p in prompts for turn in (1, 2)}
            replies, _ = judges.judge(mt_bench_requests(prompts, answers, judges.longest), stage, "judging")
            verdicts = read_verdicts(replies, parse_rating, lambda _: 1.0)
            assert set(verdicts.grades.values()) == {7.0}
            stage.write("part", 0, to_table(Score, mt_bench_scores(prompts, verdicts.grades)))
        seconds = time.perf_counter() - start
        journal.close()
    return copies * 2 * len(prompts) / seconds


def arena(url: str, questions: Path, answers: Path, baseline: str, models: Sequence[str], count: int) -> float:
    """The whole stage of each model: beside the judging also what is said to the judge, the style of each answer, the
    battles and the groups, which the original leaves to other scripts. `answers`: a folder of the original's files."""
    prompts = load_arena_hard(questions)[:count]
    theirs = _published(answers / f"{baseline}.jsonl")
    with tempfile.TemporaryDirectory() as folder:
        for model in models:
            given = _published(answers / f"{model}.jsonl")
            rows = [Answer(prompt.id, given[prompt.id], "stop", 1) for prompt in prompts]
            _stage(folder, f"answers {model}").write("answers", 0, to_table(Answer, rows))
        journal = Journal(Path(folder) / "journal.sqlite")
        start = time.perf_counter()
        judges = Judges(_settings("gpt-4-1106-preview", url), journal, 0.0)
        for model in models:
            stage = _stage(folder, model)
            summary = score_arena_hard(
                ScoringInputs("arena_hard", prompts, Stage(Path(folder, f"answers {model}")), judges, theirs, model),
                stage,
            )
            assert set(summary["read"].values()) == {2 * len(prompts)}
        seconds = time.perf_counter() - start
        journal.close()
    return 2 * len(models) * len(prompts) / seconds


def _settings(model: str, url: str) -> JudgingSettings:
    return JudgingSettings(judges=[AnswerJudgeSettings(model=model, server=ServerSettings(urls=[url]))])


def _stage(folder: str, name: str) -> Stage:
    stage = Stage(Path(folder, name))
    stage.path.mkdir()
    return stage


def _published(path: Path) -> dict[str, str]:
    rows = map(json.loads, path.read_text("utf-8").strip().split("\n"))
    return {row["uid"]: row["messages"][-1]["content"]["answer"] for row in rows}
