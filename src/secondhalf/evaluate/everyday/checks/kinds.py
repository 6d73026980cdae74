"""The kinds of checks. Each takes the answer and its own arguments, and returns (passed, measure, reason when it failed).

An argument with an impossible value raises UserError. Empty, echoed and looping answers are the caller's guard.
"""

import json
import re
from collections.abc import Callable

from secondhalf.errors import UserError
from secondhalf.evaluate.everyday.checks.fold import fold, lines, normalise, occurrences
from secondhalf.split.sentences import sentence_boundaries
from secondhalf.text.language import detect

Finding = tuple[bool, float, str]
"""Whether the check passed, what it measured, and why it failed ("" where it passed)."""

_BULLET = re.compile(r"(?:[-*–—+]\s|[•・●○◦‣])\s*\S")
_NUMBER = re.compile(r"\(?\d{1,3}\s*[.)、:](?!\d)\s*\S")
_KANJI_OR_KATAKANA = re.compile("[\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff]")
_QUOTES = ('""', "“”", "''", "‘’", "「」", "『』", "«»")


def length(text: str, *, unit: str, min: int | None = None, max: int | None = None) -> Finding:
    """Words (runs of non-blanks with a letter or digit), or characters without white space (Japanese)."""
    if unit == "words":
        return _within(sum(any(c.isalnum() for c in word) for word in text.split()), min, max, "words")
    if unit == "characters":
        return _within(sum(not c.isspace() for c in normalise(text)), min, max, "characters")
    raise UserError(f"length: unit {unit!r} is unknown; write words or characters.")


def sentences(text: str, *, min: int | None = None, max: int | None = None) -> Finding:
    """Sentences by . ! ? or 。！？; a last one without its stop counts."""
    return _within(len(sentence_boundaries(text.strip())), min, max, "sentences")


def count(text: str, *, of: str, text_of: str = "", min: int | None = None, max: int | None = None) -> Finding:
    """Items (bulleted or numbered lines), lines (non-blank), paragraphs (between blank lines), parts (between commas),
    or occurrences of the text `text_of`."""
    numbers = {
        "items": lambda: sum(bool(_BULLET.match(line) or _NUMBER.match(line)) for line in lines(text)),
        "lines": lambda: len(lines(text)),
        "paragraphs": lambda: sum(bool(block.strip()) for block in re.split(r"\n\s*\n", normalise(text))),
        "parts": lambda: sum(bool(part.strip(" 。.")) for part in re.split("[,、\n]", normalise(text))),
        "text": lambda: occurrences(text, text_of),
    }
    if of not in numbers or (of == "text") != bool(text_of):
        raise UserError(f"count: of {of!r} is unknown; write {', '.join(numbers)} (text_of goes with text alone).")
    return _within(numbers[of](), min, max, f"{of} {text_of}".strip())


def keyword(text: str, *, any: list[str] | None = None, all: list[str] | None = None, least: int = 1) -> Finding:
    """At least `least` different words of `any`, and each of `all`."""
    if not any and not all:
        raise UserError("keyword: any and all are both missing; write the words that are wanted.")
    matches = sum(occurrences(text, word) > 0 for word in _texts("keyword", any)) if any else least
    missing = [word for word in _texts("keyword", all) if not occurrences(text, word)] if all else []
    if matches < least:
        return False, matches, f"has {matches} of the words wanted, not {least}"
    return not missing, matches, f"lacks {missing[0]}" if missing else ""


def without(text: str, *, words: list[str]) -> Finding:
    """None of the words."""
    present = [word for word in _texts("without", words) if occurrences(text, word)]
    return not present, len(present), f"has {present[0]}" if present else ""


def start(text: str, *, any: list[str]) -> Finding:
    """Begins with one of the texts; opening quotes do not count."""
    head = fold(text).lstrip("\"'「『 ")
    passed = next(
        (True for want in _texts("start", any) if re.match(re.escape(fold(want)) + _bound(want), head)), False
    )
    return passed, passed, "" if passed else f"does not begin with {any[0]}"


def ending(text: str, *, any: list[str]) -> Finding:
    """Ends with one of the texts; closing quotes do not count, nor a stop that the text wanted does not have."""
    tail = fold(text).rstrip("\"'」』 ")
    wanted = [fold(want) for want in _texts("ending", any)]
    passed = tail.endswith(tuple(wanted)) or tail.rstrip(".。!").endswith(
        tuple(w for w in wanted if w[-1] not in ".。!")
    )
    return passed, passed, "" if passed else f"does not end with {any[0]}"


def language(text: str, *, language: str) -> Finding:
    """Detected as this ISO 639-1 code."""
    detected = detect(text)[0]
    same = detected == language
    return same, same, "" if same else f"is in {detected or 'no language'}"


def format(text: str, *, form: str, keys: list[str] | None = None) -> Finding:
    """One of the forms below. `keys`: those a JSON object must have."""
    rows = lines(text)
    forms = {
        "bullets": lambda: _listed(rows, _BULLET),
        "numbered": lambda: _listed(rows, _NUMBER),
        "single_line": lambda: len(rows) == 1,
        "json": lambda: _is_object(text, keys or []),
        "lowercase": lambda: text == text.lower(),
        "uppercase": lambda: text == text.upper(),
        "hiragana": lambda: not _KANJI_OR_KATAKANA.search(normalise(text)),
        "quoted": lambda: text.strip()[:1] + text.strip()[-1:] in _QUOTES,
        "title_line": lambda: len(rows) > 1 and len(rows[0]) <= 60 and rows[0][-1] not in ".。,、",
        "label_lines": lambda: len(rows) > 1 and all_match(r"[^:]{1,20}:\s*\S", rows),
    }
    if form not in forms or (keys and form != "json"):
        raise UserError(f"format: form {form!r} is unknown; write one of {', '.join(forms)} (keys go with json alone).")
    passed = bool(forms[form]())
    return passed, passed, "" if passed else f"is not {form}"


def all_match(pattern: str, rows: list[str]) -> bool:
    """Every line begins so."""
    return all(re.match(pattern, row) for row in rows)


def _listed(rows: list[str], mark: re.Pattern[str]) -> bool:
    """A list of two items or more, after at most one line of introduction."""
    items = rows if rows and mark.match(rows[0]) else rows[1:]
    return len(items) > 1 and all(mark.match(row) for row in items)


def _is_object(text: str, keys: list[str]) -> bool:
    """A JSON object, in a code fence or bare."""
    bare = text.strip()
    if bare.startswith("```"):
        bare = bare.removeprefix("```").removeprefix("json").lstrip()
    if bare.endswith("```"):
        bare = bare.removesuffix("```").rstrip()
    try:
        value = json.loads(bare)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and all(key in value for key in keys)


def _within(number: int, min: int | None, max: int | None, unit: str) -> Finding:
    if min is None and max is None:
        raise UserError(f"A check of {unit} has neither min nor max; write one of them.")
    passed = (min is None or number >= min) and (max is None or number <= max)
    wanted = f"{'' if min is None else min} to {'' if max is None else max}".strip()
    return passed, number, "" if passed else f"{number} {unit}, wanted {wanted}"


def _texts(kind: str, wanted: list[str] | None) -> list[str]:
    # A bare string would be read as its letters.
    if not isinstance(wanted, list) or not wanted or not all(isinstance(w, str) and fold(w) for w in wanted):
        raise UserError(f"{kind}: {wanted!r} is no list of texts; write a list with at least one text.")
    return wanted


def _bound(wanted: str) -> str:
    return "(?![a-z0-9])" if re.search("[a-z0-9]$", fold(wanted)) else ""


KINDS: dict[str, Callable[..., Finding]] = {
    "length": length,
    "sentences": sentences,
    "count": count,
    "keyword": keyword,
    "without": without,
    "start": start,
    "ending": ending,
    "language": language,
    "format": format,
}
