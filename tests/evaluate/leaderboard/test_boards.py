"""The leaderboards' own scores from lm-eval's figures: by hand, and against what the boards published of models."""

import pytest

from secondhalf.evaluate.leaderboard.first_board import SUBJECTS, first_board_scores
from secondhalf.evaluate.leaderboard.second_board import CHOICES, TASKS, above_guessing, normalise


def _second() -> dict[str, float]:
    """Raw figures of the second board: BBH halfway above guessing in every subtask, all else as the tests below say."""
    bbh = {task: 1 / n + 0.5 * (1 - 1 / n) for task, n in CHOICES.items() if task.startswith("leaderboard_bbh_")}
    return {
        **{f"{task}:acc_norm,none": raw for task, raw in bbh.items()},
        "leaderboard_bbh:acc_norm,none": 0.9,  # lm-eval's own mean over questions: not the board's
        "leaderboard_musr_murder_mysteries:acc_norm,none": 0.7,
        "leaderboard_musr_object_placements:acc_norm,none": 0.4,
        "leaderboard_musr_team_allocation:acc_norm,none": 0.6,
        "leaderboard_gpqa_diamond:acc_norm,none": 0.2,
        "leaderboard_gpqa_extended:acc_norm,none": 0.3,
        "leaderboard_gpqa_main:acc_norm,none": 0.4,
        "leaderboard_gpqa:acc_norm,none": 0.6,
        "leaderboard_mmlu_pro:acc,none": 0.19,
        "leaderboard_math_hard:exact_match,none": 0.06,
        "leaderboard_ifeval:prompt_level_strict_acc,none": 0.4,
        "leaderboard_ifeval:inst_level_strict_acc,none": 0.5,
        "leaderboard_ifeval:inst_level_loose_acc,none": 0.9,
    }


@pytest.mark.parametrize(
    ("task", "score"),
    [
        ("leaderboard_ifeval", (0.4 + 0.5) / 2),
        ("leaderboard_bbh", 0.5),
        ("leaderboard_math_hard", 0.06),
        ("leaderboard_gpqa", (0.6 - 1 / 4) / (3 / 4)),  # 46.67, the example of the board's documentation
        # Its example of subtasks: 40, 25 and 40 in percent, of 2, 5 and 3 choices.
        ("leaderboard_musr", (0.4 + 0.25 + 0.4) / 3),
        ("leaderboard_mmlu_pro", 0.1),
        ("leaderboard_gpqa_diamond", 0),  # below guessing
    ],
)
def test_each_task_of_the_second_board(task: str, score: float) -> None:
    assert above_guessing(_second())[task] == pytest.approx(score)


@pytest.mark.parametrize(
    ("task", "raw", "score"),
    [
        ("leaderboard_gpqa_main", 0.25, 0),
        ("leaderboard_gpqa_main", 0.1, 0),
        ("leaderboard_mmlu_pro", 0.55, 0.5),
        ("leaderboard_bbh_object_counting", 10 / 19, 0.5),
        ("leaderboard_bbh_web_of_lies", 0.75, 0.5),
        ("leaderboard_musr_team_allocation", 1, 1),
        ("leaderboard_math_hard", 0.4, 0.4),
    ],
)
def test_guessing_is_nothing_and_all_right_is_all(task: str, raw: float, score: float) -> None:
    assert normalise(task, raw) == pytest.approx(score)


def test_the_second_boards_average_is_that_of_six_tasks() -> None:
    six = (0.45 + 0.5 + 0.06 + 0.35 / 0.75 + 0.35 + 0.1) / 6
    assert above_guessing(_second())["average"] == pytest.approx(six)


@pytest.mark.parametrize(
    "left_out", ["leaderboard_bbh_snarks:acc_norm,none", "leaderboard_ifeval:inst_level_strict_acc,none"]
)
def test_what_was_asked_in_part_has_no_score(left_out: str) -> None:
    raw = {name: value for name, value in _second().items() if name != left_out}
    scores = above_guessing(raw)
    assert "average" not in scores
    assert set(TASKS) - set(scores) == {left_out.partition(":")[0].removesuffix("_snarks")}


# IFEval, BBH, MATH, GPQA, MuSR, MMLU-Pro and the average, as the board wrote them into models' cards.
PUBLISHED = {
    "zelk12/MT1-Gen2-gemma-2-9B": (79.84, 43.92, 11.33, 13.65, 12.84, 37.28, 33.14),
    "anthracite-org/magnum-v2-12b": (37.62, 28.79, 4.83, 5.48, 11.37, 24.08, 18.70),
    "DeepAutoAI/Explore_Llama-3.2-1B-Inst": (57.68, 8.31, 4.53, 1.57, 1.09, 8.31, 13.58),
    "spmurrayzzz/Mistral-Syndicate-7B": (24.96, 20.51, 2.42, 3.47, 13.62, 18.13, 13.85),
}


@pytest.mark.parametrize("model", PUBLISHED)
def test_published_scores(model: str) -> None:
    *six, average = PUBLISHED[model]
    assert sum(six) / 6 == pytest.approx(average, abs=0.0101)  # of rounded scores
    # GPQA and MATH are pooled by question: each score is that of a whole number of right answers.
    math, gpqa = six[2], six[3]
    right = round(1192 * (0.25 + 0.75 * gpqa / 100))
    assert 100 * normalise("leaderboard_gpqa", right / 1192) == pytest.approx(gpqa, abs=0.00501)
    assert 100 * round(1324 * math / 100) / 1324 == pytest.approx(math, abs=0.00501)


@pytest.mark.extras
def test_the_choices_are_those_of_lm_evals_tasks() -> None:
    from pathlib import Path

    import lm_eval
    import yaml

    folder = Path(lm_eval.__file__).parent / "tasks" / "leaderboard" / "bbh_mc"
    counts = {}
    for path in folder.glob("[a-z]*.yaml"):
        task = yaml.load(path.read_text("utf-8").replace("!function", ""), yaml.BaseLoader)
        counts[task["task"]] = len(task["doc_to_choice"])
    assert counts == {task: count for task, count in CHOICES.items() if task.startswith("leaderboard_bbh_")}


def test_the_first_boards_mmlu_is_the_mean_of_its_subjects() -> None:
    raw = {f"mmlu_{subject}:acc,none": 0.5 for subject in SUBJECTS}
    raw |= {"mmlu_virology:acc,none": 1.0, "mmlu:acc,none": 0.1, "mmlu_stem:acc,none": 0.1}
    assert len(SUBJECTS) == len(set(SUBJECTS)) == 57
    assert first_board_scores(raw) == {"mmlu": pytest.approx((56 * 0.5 + 1) / 57)}
    del raw["mmlu_virology:acc,none"]
    assert first_board_scores(raw) == {}


def test_the_first_boards_average() -> None:
    """Round numbers, and beside them what must not count."""
    raw = {f"mmlu_{subject}:acc,none": 0.3 for subject in SUBJECTS}
    raw |= {
        "arc_challenge:acc_norm,none": 0.4, "arc_challenge:acc,none": 0.9, "hellaswag:acc_norm,none": 0.6,
        "hellaswag:acc,none": 0.9, "truthfulqa_mc2:acc,none": 0.5, "winogrande:acc,none": 0.7,
        "gsm8k:exact_match,strict-match": 0.1, "gsm8k:exact_match,flexible-extract": 0.9,
    }  # fmt: skip
    scores = first_board_scores(raw)
    assert scores["average"] == pytest.approx((0.4 + 0.6 + 0.3 + 0.5 + 0.7 + 0.1) / 6)
    assert scores["gsm8k"] == 0.1
