"""Tasks by name: what they ask, what decides their scores, and why one cannot be had."""

import sys
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.evaluate.leaderboard.settings import LeaderboardSettings
from secondhalf.evaluate.leaderboard.tasks import example_counts, task_manager, task_prompts, tasks_identity


@pytest.mark.extras
@pytest.mark.usefixtures("folder_alone")
def test_what_is_asked_is_known_before(folder: Path) -> None:
    texts = task_prompts(LeaderboardSettings(tasks=["small_choice"], folder=str(folder), limit=3))
    assert texts == {f"small_choice/{n}": f"Question: Which is number {n}?\nAnswer:" for n in range(3)}


@pytest.mark.extras
@pytest.mark.parametrize(
    ("tasks", "task_folder", "message"),
    [
        (["small_choise"], "tasks", "there is no task small_choise; did you mean small_choice"),
        (["small_choice"], "nowhere", "there is no folder nowhere"),
        (["hellaswag"], "tasks", "hellaswag: its data cannot be had"),
    ],
)
def test_faults_are_named(tasks: list[str], task_folder: str, message: str, folder: Path) -> None:
    with pytest.raises(UserError, match=message):
        task_prompts(LeaderboardSettings(tasks=tasks, folder=task_folder))


def test_a_missing_package_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lm_eval", None)
    task_manager.cache_clear()
    with pytest.raises(UserError, match=r"\[leaderboard\]"):
        task_prompts(LeaderboardSettings(tasks=["hellaswag"]))


def test_the_first_boards_examples() -> None:
    counts = example_counts(LeaderboardSettings(tasks=["open_llm_v1", "mine"]))
    assert counts == {
        "arc_challenge": 25, "hellaswag": 10, "mmlu": 5, "truthfulqa_mc2": 0, "winogrande": 5, "gsm8k": 5, "mine": None,
    }  # fmt: skip


@pytest.mark.extras
@pytest.mark.usefixtures("folder_alone")
@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("choice.jsonl", '"answer": 0', '"answer": 1'),
        ("choice.jsonl", '"bread"', '"butter"'),
        ("tasks/choice.yaml", "{metric: acc}, ", ""),
        ("tasks/choice.yaml", "output_type", "num_fewshot: 1\noutput_type"),
    ],
    ids=["answer key", "choices", "metrics", "examples"],
)
def test_whatever_decides_a_score_is_in_the_identity(file: str, old: str, new: str, folder: Path) -> None:
    before = _identity(folder)
    assert _identity(folder) == before
    path = folder.parent / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    assert _identity(folder) != before


@pytest.mark.extras
@pytest.mark.usefixtures("folder_alone")
def test_the_place_of_a_task_is_not_in_the_identity(folder: Path) -> None:
    before = _identity(folder)
    yaml = (folder / "choice.yaml").read_text("utf-8")
    (folder.parent / "choice.jsonl").rename(folder.parent / "moved.jsonl")
    other = folder.rename(folder.parent / "elsewhere")
    (other / "choice.yaml").write_text(yaml.replace("choice.jsonl", "moved.jsonl"), "utf-8")
    assert _identity(other) == before


def _identity(folder: Path) -> str:
    task_manager.cache_clear()
    return tasks_identity(LeaderboardSettings(tasks=["small_choice"], folder=str(folder)))


@pytest.mark.extras
@pytest.mark.usefixtures("folder_alone")
def test_a_task_that_runs_what_the_model_writes_is_refused(folder: Path) -> None:
    path = folder / "words.yaml"
    path.write_text(path.read_text("utf-8") + "unsafe_code: true\n", "utf-8")
    with pytest.raises(UserError, match=r"small_words runs code that the model writes.*leave it out"):
        task_prompts(LeaderboardSettings(tasks=["small_words"], folder=str(folder)))
