"""Runs lm-eval's tasks on one model, by lm-eval itself: its prompts, its generation, its metrics, on the model in memory.

Figures: leaderboard.TASK_METRIC, one value a row (a Score with the id TASK/ROW), so that arms are compared in pairs; their
mean is lm-eval's own figure, which stands in the manifest too, for tasks whose metric is a mean. Beside it stand the scores
as the leaderboards count them: `first_board_scores`, and `above_guessing` for the second. A task that reads each
answer in several ways (gsm8k: strictly, and by the last number) has a figure for each: TASK_METRIC_FILTER.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from secondhalf.errors import UserError
from secondhalf.evaluate.leaderboard.first_board import first_board_scores
from secondhalf.evaluate.leaderboard.second_board import above_guessing
from secondhalf.evaluate.leaderboard.settings import LeaderboardSettings
from secondhalf.evaluate.leaderboard.tasks import example_counts, load_tasks, task_manager
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.weights.library_output import quiet_transformers
from secondhalf.models.weights.packing import unwrapped
from secondhalf.progress import Progress
from secondhalf.rows import Score, to_table
from secondhalf.store import Stage

LEADERBOARD_VERSION = (3,)


def score_leaderboard(model: StudentModel, settings: LeaderboardSettings, stage: Stage, label: str) -> dict[str, Any]:
    """Writes a part- table (scores) for each named task or group; goes on at the one where it stopped."""
    tasks = example_counts(settings)
    figures: dict[str, float] = {}
    with Progress(label, len(tasks), "tasks") as progress:
        for index, (name, examples) in enumerate(tasks.items()):
            if not stage.has("part", index):
                results = _run_lm_eval(model, name, examples, settings)
                stage.write("part", index, to_table(Score, _scores(results)))
                stage.write("results", index, _table(results))
            progress.advance(1)
    for row in stage.read("results").to_pylist():
        figures[row["figure"]] = row["value"]
    rows = stage.rows()
    return {
        "rows_in": rows,
        "rows": rows,
        "lm_eval": figures,
        "above_guessing": above_guessing(figures),
        "first_board": first_board_scores(figures),
    }


def _run_lm_eval(model: StudentModel, name: str, examples: int | None, settings: LeaderboardSettings) -> dict[str, Any]:
    load_tasks(name, settings)
    with quiet_transformers(), _own_generation(model.model):
        import lm_eval
        from lm_eval.models.huggingface import HFLM

        wrapped = HFLM(pretrained=model.model, tokenizer=model.tokenizer, batch_size=settings.batch_size)
        try:
            results: dict[str, Any] = lm_eval.simple_evaluate(
                wrapped,
                tasks=[name],
                num_fewshot=examples,
                task_manager=task_manager(settings.folder),
                limit=settings.limit,
                bootstrap_iters=0,
                log_samples=True,
            )
        except ValueError as error:  # such as a task that would run the model's code
            raise UserError(f"{name}: {str(error).splitlines()[0]}: leave it out.") from error
    return results


@contextmanager
def _own_generation(model: Any) -> Iterator[None]:
    """The student's own generation settings while lm-eval runs, as its command has them. Without its end tokens an answer of
    a batch would go on after its end for as long as the batch's others do, and lm-eval would read that too."""
    from transformers import GenerationConfig

    saved = model.generation_config
    base = unwrapped(model)
    try:
        own = GenerationConfig.from_pretrained(base.name_or_path)
    except OSError:  # a student without the file
        own = GenerationConfig.from_model_config(base.config)
    try:
        model.generation_config = base.generation_config = own
        yield
    finally:
        model.generation_config = base.generation_config = saved


def _scores(evaluation: dict[str, Any]) -> list[Score]:
    scores: dict[tuple[str, str], float] = {}
    for task, samples in evaluation["samples"].items():
        several = len({sample["filter"] for sample in samples}) > 1
        for sample in samples:
            for metric in sample["metrics"]:
                value = sample[metric]
                if isinstance(value, int | float) or hasattr(value, "item"):  # a mean's share; others are no row's own
                    name = figure_name(task, metric, sample["filter"] if several else "")
                    scores[f"{task}/{sample['doc_id']}", name] = float(value)
    return [Score(id, name, value) for (id, name), value in sorted(scores.items())]


def _table(evaluation: dict[str, Any]) -> Any:
    import pyarrow as pa

    rows = [
        {"figure": f"{task}:{name}", "value": float(value)}
        for task, results in sorted(evaluation["results"].items())
        for name, value in sorted(results.items())
        if "," in name and isinstance(value, int | float) and "_stderr" not in name
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema([("figure", pa.string()), ("value", pa.float64())]))


def figure_name(task: str, metric: str, filtered: str = "") -> str:
    """The name of a task's metric among a run's figures; `filtered`: how answers were read, where a task has several ways."""
    return "leaderboard." + re.sub(r"\W+", "_", "_".join(filter(None, (task, metric, filtered))))
