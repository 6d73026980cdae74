"""The first Open LLM Leaderboard's scores: raw ones, and their mean over its six tasks (huggingface.co/docs/leaderboards,
"Open LLM Leaderboard v1").

MMLU is the mean of its 57 subjects, each counting the same: the board's own code averages the files' entries. lm-eval's own
figure for the group `mmlu` weighs them by their questions (of Qwen1.5-7B 60.4 to the board's 62.0: its issue 1525).
"""

from collections.abc import Mapping

_NAMES = """abstract_algebra anatomy astronomy business_ethics clinical_knowledge college_biology college_chemistry
college_computer_science college_mathematics college_medicine college_physics computer_security conceptual_physics econometrics
electrical_engineering elementary_mathematics formal_logic global_facts high_school_biology high_school_chemistry
high_school_computer_science high_school_european_history high_school_geography high_school_government_and_politics
high_school_macroeconomics high_school_mathematics high_school_microeconomics high_school_physics high_school_psychology
high_school_statistics high_school_us_history high_school_world_history human_aging human_sexuality international_law
jurisprudence logical_fallacies machine_learning management marketing medical_genetics miscellaneous moral_disputes
moral_scenarios nutrition philosophy prehistory professional_accounting professional_law professional_medicine
professional_psychology public_relations security_studies sociology us_foreign_policy virology world_religions"""
SUBJECTS = _NAMES.split()
_FIGURES = {
    "arc_challenge": "arc_challenge:acc_norm,none",
    "hellaswag": "hellaswag:acc_norm,none",
    "truthfulqa_mc2": "truthfulqa_mc2:acc,none",
    "winogrande": "winogrande:acc,none",
    "gsm8k": "gsm8k:exact_match,strict-match",
}


def first_board_scores(raw: Mapping[str, float]) -> dict[str, float]:
    """The board's tasks among lm-eval's figures (TASK:METRIC,FILTER), 0 to 1, and their mean as `average`. A task has
    a score where all of it was run, and so has the mean."""
    scores = {task: raw[name] for task, name in _FIGURES.items() if name in raw}
    subjects = [f"mmlu_{subject}:acc,none" for subject in SUBJECTS]
    if all(name in raw for name in subjects):
        scores["mmlu"] = sum(raw[name] for name in subjects) / len(subjects)
    if len(scores) == len(_FIGURES) + 1:
        scores["average"] = sum(scores.values()) / len(scores)
    return scores
