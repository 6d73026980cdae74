"""The second Open LLM Leaderboard's scores: what of a raw score is above guessing (huggingface.co/docs/leaderboards,
"Scores Normalization"), and their mean over its six tasks.

BBH's and MuSR's subtasks are normalised first, and then averaged, each counting the same. GPQA's and MATH's are pooled
first, by question: the board's published scores of both fall on whole numbers of 1,192 and 1,324 questions
(tests/evaluate/leaderboard). IFEval is the mean of its two strict accuracies; neither it nor MATH can be guessed. MATH's
answers are compared by math-verify, as the board came to do: scores that it published before are lower.
"""

from collections.abc import Mapping

# How many choices a subtask has; guessing gets one in so many.
CHOICES = {
    "leaderboard_bbh_boolean_expressions": 2,
    "leaderboard_bbh_causal_judgement": 2,
    "leaderboard_bbh_date_understanding": 6,
    "leaderboard_bbh_disambiguation_qa": 3,
    "leaderboard_bbh_formal_fallacies": 2,
    "leaderboard_bbh_geometric_shapes": 11,
    "leaderboard_bbh_hyperbaton": 2,
    "leaderboard_bbh_logical_deduction_five_objects": 5,
    "leaderboard_bbh_logical_deduction_seven_objects": 7,
    "leaderboard_bbh_logical_deduction_three_objects": 3,
    "leaderboard_bbh_movie_recommendation": 6,
    "leaderboard_bbh_navigate": 2,
    "leaderboard_bbh_object_counting": 19,
    "leaderboard_bbh_penguins_in_a_table": 5,
    "leaderboard_bbh_reasoning_about_colored_objects": 18,
    "leaderboard_bbh_ruin_names": 6,
    "leaderboard_bbh_salient_translation_error_detection": 6,
    "leaderboard_bbh_snarks": 2,
    "leaderboard_bbh_sports_understanding": 2,
    "leaderboard_bbh_temporal_sequences": 4,
    "leaderboard_bbh_tracking_shuffled_objects_five_objects": 5,
    "leaderboard_bbh_tracking_shuffled_objects_seven_objects": 7,
    "leaderboard_bbh_tracking_shuffled_objects_three_objects": 3,
    "leaderboard_bbh_web_of_lies": 2,
    "leaderboard_gpqa": 4,
    "leaderboard_gpqa_diamond": 4,
    "leaderboard_gpqa_extended": 4,
    "leaderboard_gpqa_main": 4,
    "leaderboard_mmlu_pro": 10,
    "leaderboard_musr_murder_mysteries": 2,
    "leaderboard_musr_object_placements": 5,
    "leaderboard_musr_team_allocation": 3,
}

TASKS = tuple(f"leaderboard_{name}" for name in ("ifeval", "bbh", "math_hard", "gpqa", "musr", "mmlu_pro"))
_METRICS = {"leaderboard_mmlu_pro": "acc", "leaderboard_math_hard": "exact_match"}


def normalise(task: str, raw: float) -> float:
    """A raw score (0 to 1) as the share of the way from guessing to all right; below guessing it is 0."""
    guess = 1 / CHOICES[task] if task in CHOICES else 0.0
    return max(0.0, (raw - guess) / (1 - guess))


def above_guessing(raw: Mapping[str, float]) -> dict[str, float]:
    """The board's tasks and subtasks among lm-eval's figures (TASK:METRIC,FILTER), 0 to 1, as the board scores them; and
    their mean as `average`. A task has a score where all of it was run, and so has the mean."""
    scores = {
        task: normalise(task, raw[name])
        for task in (*CHOICES, "leaderboard_math_hard")
        if (name := f"{task}:{_METRICS.get(task, 'acc_norm')},none") in raw
    }
    for group in ("leaderboard_bbh", "leaderboard_musr"):
        subtasks = [task for task in CHOICES if task.startswith(f"{group}_")]
        if all(task in scores for task in subtasks):
            scores[group] = sum(scores[task] for task in subtasks) / len(subtasks)
    strict = [f"leaderboard_ifeval:{level}_level_strict_acc,none" for level in ("prompt", "inst")]
    if all(name in raw for name in strict):
        scores["leaderboard_ifeval"] = sum(raw[name] for name in strict) / 2
    if all(task in scores for task in TASKS):
        scores["average"] = sum(scores[task] for task in TASKS) / len(TASKS)
    return scores
