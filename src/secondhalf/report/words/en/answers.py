"""The page in English: answers, their habits, and what they cost."""

WORDS: dict[str, str] = {
    # Answers.
    "answers": "Answers side by side",
    "answers_lead": "Answers as they came, not chosen for quality.",
    "prompt": "Prompt",
    "passed": "passes its checks",
    "failed": "fails a check",
    "unjudged": "not checked",
    "no_answer": "(empty answer)",
    "whole_answer": "The rest",
    "more_answers": "{n} more prompt|{n} more prompts",
    # Probes.
    "probes": "Habits of the answers",
    "probes_lead": (
        "Format, not ability: any training on texts that end moves these. They explain a result and prove none."
    ),
    "probe": "Probe",
    # Cost.
    "costs": "Cost and time",
    "label": "For",
    "time": "Time",
    "calls": "Model calls",
    "calls_known": "{n} from the journal",
    "prompt_tokens": "Tokens read",
    "response_tokens": "Tokens written",
    "money": "Cost",
    "reused": "from the store",
    "reused_means": "Stages from the store were made by an earlier run; their time and cost are what they took then.",
    "total_new": "This run",
    "total_all": "Everything, had nothing been stored",
    "pair_cost": "One accepted pair",
    "human_cost": "One pair written by a person",
    "pair_cost_means": "machine time and model calls; people’s work is not counted",
    "pair_cost_means_calls": "model calls alone: report.hourly_price is not set, and people’s work is not counted",
    "human_cost_means": "the recipe’s own figure, not measured here",
}
