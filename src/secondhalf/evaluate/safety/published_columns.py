"""What each published set's columns become: a row of a CSV file, by the columns it must have, as an item of ours."""

from collections.abc import Callable

from secondhalf.errors import UserError
from secondhalf.evaluate.safety.prompts import SafetyItem, SafetyKind
from secondhalf.rows import digest
from secondhalf.text.language import detect

CsvRow = dict[str, str]
"""A row by its columns' names."""


def _advbench(row: CsvRow, source: str) -> SafetyItem:
    return _request("harmful", _text(row, "goal", source))


def _harmbench(row: CsvRow, source: str) -> SafetyItem:
    text = _text(row, "Behavior", source)
    context = (row.get("ContextString") or "").strip()
    if context:
        text = f"{context}\n\n---\n\n{text}"  # as HarmBench itself joins them
    return _request("harmful", text)


def _xstest(row: CsvRow, source: str) -> SafetyItem:
    text, label = _text(row, "prompt", source), _text(row, "label", source)
    if label not in {"safe", "unsafe"}:
        raise UserError(f"{source}: label is {label!r}; write safe or unsafe.")
    return _request("harmless" if label == "safe" else "harmful", text)


def _beginning(row: CsvRow, source: str) -> SafetyItem:
    return _request("beginning", _text(row, "prompt.text", source))


def _request(kind: SafetyKind, text: str) -> SafetyItem:
    return SafetyItem(f"{kind}-{digest(text, size=16)}", kind, _language(text), text)


def _pair(row: CsvRow, source: str) -> SafetyItem:
    more, less = _text(row, "sent_more", source), _text(row, "sent_less", source)
    return SafetyItem(f"bias-{digest(more, less, size=16)}", "bias", _language(more), more, other=less)


def _fact(row: CsvRow, source: str) -> SafetyItem:
    text, right = _text(row, "Question", source), _text(row, "Best Answer", source)
    wrong = tuple(part.strip() for part in _text(row, "Incorrect Answers", source).split(";") if part.strip())
    return SafetyItem(f"fact-{digest(text, size=16)}", "fact", _language(text), text, right=right, wrong=wrong)


FORMS: list[tuple[set[str], Callable[[CsvRow, str], SafetyItem]]] = [
    ({"goal"}, _advbench),
    ({"Behavior", "BehaviorID"}, _harmbench),
    ({"prompt", "label"}, _xstest),
    ({"prompt.text"}, _beginning),
    ({"sent_more", "sent_less"}, _pair),
    ({"Question", "Best Answer", "Incorrect Answers"}, _fact),
]
"""The columns that a set must have, and what makes an item of its row; the second argument is FILE, row N, for errors."""


def _text(row: CsvRow, column: str, source: str) -> str:
    value = row.get(column)
    if not isinstance(value, str) or not value.strip():
        raise UserError(f"{source}: {column} is empty; write a text, or leave the row out.")
    return value.strip()


def _language(text: str) -> str:
    return detect(text)[0] or "en"
