"""The second Open LLM Leaderboard's scores: what of a raw score is above guessing (huggingface.co/docs/leaderboards,
"Scores Normalization"). Subtasks are normalised first, and then averaged.
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
    "leaderboard_gpqa_diamond": 4,
    "leaderboard_gpqa_extended": 4,
    "leaderboard_gpqa_main": 4,
    "leaderboard_mmlu_pro": 10,
    "leaderboard_musr_murder_mysteries": 2,
    "leaderboard_musr_object_placements": 5,
    "leaderboard_musr_team_allocation": 3,
}


def normalised(task: str, raw: float) -> float:
    """A raw score (0 to 1) as the share of the way from guessing to all right; below guessing it is 0."""
    guess = 1 / CHOICES[task] if task in CHOICES else 0.0
    return max(0.0, (raw - guess) / (1 - guess))


def above_guessing(raw: Mapping[str, float]) -> dict[str, float]:
    """The second board's tasks among lm-eval's figures (TASK:METRIC,FILTER), normalised; and the mean of each group of
    subtasks, under the group's name."""
    found = {
        task: normalised(task, raw[name])
        for task in CHOICES
        for name in (f"{task}:acc,none" if task.endswith("mmlu_pro") else f"{task}:acc_norm,none",)
        if name in raw
    }
    for group in ("leaderboard_bbh", "leaderboard_gpqa", "leaderboard_musr"):
        subtasks = [value for task, value in found.items() if task.startswith(f"{group}_")]
        if subtasks:
            found[group] = sum(subtasks) / len(subtasks)
    return found
