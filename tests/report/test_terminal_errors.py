"""Every error that the code says as one sentence has its Japanese: a new one without it is seen here, by file and line."""

import ast
import re
from pathlib import Path

import secondhalf
from secondhalf.report.terminal import spoken

ROOT = Path(secondhalf.__file__).parent
SENTENCE = re.compile(r"[A-Za-z]+ [a-z]+ [a-z]+")
HINT = "; there are none."
PUT_TOGETHER = {
    "evaluate/everyday/checks/kinds.py",
    "evaluate/ifeval/instructions.py",
    "evaluate/ifeval/keywords.py",
    "extensions/verdicts.py",
    "gate/decide.py",
    "statistics/paired.py",
    "store/cluster/actor.py",
}
"""Said within another sentence, or with one of a few texts in a place: the table has those whole."""


def _sentence(node: ast.AST) -> str:
    """The text of an argument with "X" in its places; "" for one that is put together elsewhere."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        parts = ["X" if isinstance(part, ast.FormattedValue) else _sentence(part) for part in node.values]
        is_hint = isinstance(node.values[-1], ast.FormattedValue) and not "".join(parts[:-1]).endswith((" ", ": "))
        return "".join([*parts[:-1], HINT if is_hint else parts[-1]])
    return ""


def _errors(path: Path) -> list[tuple[str, str]]:
    """FILE:LINE and the sentence of each UserError of a module."""
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno}", sentence)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "UserError" and node.args
        if SENTENCE.search(sentence := _sentence(node.args[0]))
    ]


def test_every_error_has_its_japanese() -> None:
    errors = [one for path in sorted(ROOT.rglob("*.py")) for one in _errors(path)]
    assert len(errors) > 500
    english = [place for place, sentence in errors if spoken(sentence, "ja") == sentence]
    assert not [place for place in english if place.partition(":")[0] not in PUT_TOGETHER]
