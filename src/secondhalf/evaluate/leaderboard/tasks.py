"""lm-eval's tasks by name: the leaderboards' own settings, a task's prompts, and why one cannot be had."""

import json
import os
from functools import lru_cache
from typing import Any

from secondhalf import install
from secondhalf.errors import UserError
from secondhalf.evaluate.leaderboard.settings import LeaderboardSettings
from secondhalf.models.weights.library_output import quiet_transformers
from secondhalf.rows import digest
from secondhalf.text.nearest import hint

# The examples in the prompt of the first Open LLM Leaderboard (its "About" page); the second's are in lm-eval's group.
PRESETS: dict[str, dict[str, int | None]] = {
    "open_llm_v1": {"arc_challenge": 25, "hellaswag": 10, "mmlu": 5, "truthfulqa_mc2": 0, "winogrande": 5, "gsm8k": 5},
    "open_llm_v2": {"leaderboard": None},
}


def example_counts(settings: LeaderboardSettings) -> dict[str, int | None]:
    """Every named task or group with its number of examples in the prompt; None: the task's own."""
    counts: dict[str, int | None] = {}
    for name in settings.tasks:
        counts |= PRESETS.get(name, {name: None})
    return counts


@lru_cache(maxsize=2)
def task_manager(folder: str) -> Any:
    """lm-eval's index of tasks: it takes some seconds. Raises UserError when lm-eval is missing."""
    os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")
    try:
        with quiet_transformers():
            from lm_eval.tasks import TaskManager
    except ImportError as error:
        raise UserError(
            f"evaluate.leaderboard needs lm-eval: {install.extra('leaderboard')} ({error.name} is missing)."
        ) from error
    if folder and not os.path.isdir(folder):
        raise UserError(f"evaluate.leaderboard.folder: there is no folder {folder}: correct the path.")
    return TaskManager(include_path=folder or None)


def load_tasks(name: str, settings: LeaderboardSettings) -> dict[str, Any]:
    """A task, or a group's tasks, by name. Raises UserError for an unknown name, for data that cannot be had, and for a task
    that runs what the model writes."""
    index = task_manager(settings.folder)
    if name not in index.all_tasks:
        raise UserError(f"evaluate.leaderboard.tasks: there is no task {name}{hint(name, index.all_tasks)}")
    try:
        with quiet_transformers():
            tasks: dict[str, Any] = index.load([name])["tasks"]
    except Exception as error:  # whatever a hub's client or a task's own file raises
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise UserError(
            f"{name}: its data cannot be had ({reason}): look at the network, or name local files in a task of your own "
            "(evaluate.leaderboard.folder)."
        ) from error
    for task_name, task in tasks.items():
        if getattr(task, "UNSAFE_CODE", False):
            raise UserError(f"{task_name} runs code that the model writes, which is never done here: leave it out.")
    return tasks


def task_prompts(settings: LeaderboardSettings) -> dict[str, str]:
    """The prompts by TASK/ROW, without the examples before it: what contamination is looked for in."""
    return _task_prompts(settings.model_dump_json())


@lru_cache(maxsize=4)
def _task_prompts(plain: str) -> dict[str, str]:
    settings = LeaderboardSettings.model_validate_json(plain)
    prompts: dict[str, str] = {}
    for name in example_counts(settings):
        for task_name, task in load_tasks(name, settings).items():
            for number, row in enumerate(task.eval_docs):
                if settings.limit is not None and number >= settings.limit:
                    break
                text = task.doc_to_text(row)
                # Some tasks have the choices before the common end, and give the number of the right one here.
                prompts[f"{task_name}/{number}"] = (
                    text if isinstance(text, str) else "\n".join(map(str, task.doc_to_choice(row)))
                )
    return prompts


# Where a task's data lie, and what lm-eval notes of the call: the rows themselves are in the identity.
_LOCATIONS = ("dataset_path", "dataset_kwargs", "metadata")


def tasks_identity(settings: LeaderboardSettings) -> str:
    """A hash of all that decides the scores but the model: lm-eval's version, every task's settings (metrics, filters,
    generation, its functions' source) and every field of the rows that are prompts or shown as examples."""
    from importlib.metadata import version

    parts = [version("lm_eval")]
    for name, examples in example_counts(settings).items():
        for task_name, task in sorted(load_tasks(name, settings).items()):
            config = {key: value for key, value in task.dump_config().items() if key not in _LOCATIONS}
            parts += [task_name, str(examples), json.dumps(config, sort_keys=True, default=str)]
            has_examples = task.config.num_fewshot if examples is None else examples
            for rows in (task.eval_docs, task.fewshot_docs() if has_examples else ()):
                parts += ["rows", *(json.dumps(row, sort_keys=True, default=str) for row in rows or ())]
    return digest(*parts)
