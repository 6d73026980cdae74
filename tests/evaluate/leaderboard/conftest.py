"""A folder of tasks, and lm-eval without its own."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from secondhalf.evaluate.leaderboard.tasks import task_manager
from support.leaderboard_tasks import CHOICE, WORDS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two tasks and their rows; no network."""
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    choices = [
        {"question": f"Which is number {n}?", "choices": ["a mill", "the river bank", "bread"], "answer": n % 3}
        for n in range(12)
    ]
    questions = [{"question": f"Say {n}.", "answer": "."} for n in range(4)]
    tasks = tmp_path / "tasks"
    tasks.mkdir()
    for name, rows, yaml in (("choice", choices, CHOICE), ("words", questions, WORDS)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        (tasks / f"{name}.yaml").write_text(yaml.format(folder=tmp_path), "utf-8")
    return tasks


@pytest.fixture
def folder_alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tasks of the folder without the thousands that lm-eval brings, whose index takes ten seconds."""
    import lm_eval.tasks

    task_manager.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(lm_eval.tasks, "TaskManager", partial(lm_eval.tasks.TaskManager, include_defaults=False))
        yield
    task_manager.cache_clear()
