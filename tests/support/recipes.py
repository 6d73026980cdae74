"""The tiny recipe, which runs the whole method in seconds: a dummy teacher, short texts, three arms; and changes to it."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

OFF = {"enabled": False}
RULES = ("gopher_repetition", "gopher_quality", "c4", "fineweb", "near_duplicates", "passages")
LENGTH_ONLY = dict.fromkeys(RULES, OFF)
"""A change of `clean` that leaves no rule over text but its length."""


def tiny_recipe(path: Path, student: Path | str | None = None, **changes: Any) -> Path:
    """Writes the tiny recipe to `path` and returns `path`.

    Without a student it ends at the pairs: no students, arms, training, evaluation or report. `changes` are laid over it
    field by field; None takes a field away.
    """
    recipe = _corpus_to_pairs() if student is None else {**_corpus_to_pairs(), **_students_to_report(str(student))}
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(_merged(recipe, changes), file)
    return path


def _corpus_to_pairs() -> dict[str, Any]:
    return {
        "name": "tiny",
        "corpus": {"reader": "pydoc", "sample": 70, "section_words": 120},
        "clean": {
            "length": {"min_words": 40},
            "gopher_quality": {"min_words": 30, "min_letter_words": 0.6},
            "c4": {"min_sentences": 1, "curly_bracket": False},
            "fineweb": OFF,
        },
        "split": {"max_prompt_words": 20},
        "teach": {"model": "dummy", "sampling": {"max_tokens": 20}},
        "data": {"taught": {}, "original": {"teach": {"model": "original", "like": "taught"}}},
    }


def _students_to_report(student: str) -> dict[str, Any]:
    return {
        "students": {"base": student},
        "train": {
            "tokens_per_step": 1024,
            "checkpoint_steps": 1,
            "seeds": [1, 2],
            "held_out": 0.2,
            "min_pairs": 0,
            "rank": 4,
            "max_length": 1024,
        },
        "arms": {
            "untouched": {"student": "base"},
            "original": {"student": "base", "data": {"original": 1}},
            "taught": {"student": "base", "data": {"taught": 1}, "compare_to": ["untouched", "original"]},
        },
        "evaluate": {"limit": 6, "max_tokens": 8, "others": 2, "primary": "relevance"},
        "probes": {"pairs": 8, "max_tokens": 16, "documents": 8, "replies": 16},
        "report": {"samples": 3, "language": "en"},
    }


def _merged(fields: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The fields with the changes laid over them; what both hold keeps its place, for a report's arms are in this order."""
    merged = dict(fields)
    for name, change in changes.items():
        if change is None:
            del merged[name]
        elif isinstance(change, dict):
            before = merged.get(name)
            merged[name] = _merged(before if isinstance(before, dict) else {}, change)
        else:
            merged[name] = change
    return merged
