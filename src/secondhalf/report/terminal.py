"""What the terminal says, in the language of the recipe: our own English sentences are looked up in words/terminal_ja/.

The code says everything in English, in one place each, and programs (`--json`, run folders, the Python API) read that. A sentence
that is not in the table stays English.
"""

import re
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from secondhalf.report.places import Phrase, as_phrase
from secondhalf.report.words import Language, reason

TABLES = Path(__file__).parent / "words" / "terminal_ja"
"""Files of the same sections: one of what is met often, the others by the folders of the code that says it."""
_LONGEST = 20_000  # characters; what is longer is no sentence of ours
_DEEPEST = 4  # sentences within sentences
_FEW = re.compile(r"(?<!\S)(\S++) has (\d++) of (\d++)")
_NEXT_REASON = re.compile(r"; |, (?=\d)")
_COUNTED_REASON = re.compile(r"(?P<count>\d+) (?P<reason>[^;()]+?)(?: \((?P<field>[\w.]+)\))?")
"""One of the reasons that stand in a sentence: "13 mostly code (clean.prose)", or "1 broken file"."""
_FILES = re.compile(r"(?<!\d)(\d++ \S++) \(([^()]++)\)")
"""Files of a kind, and what to do about them: "3 .png (pictures: OCR first)"."""


def spoken(text: str, language: Language) -> str:
    """The text in the language, line by line; a line that the table does not know stays as it is."""
    if language == "en" or len(text) > _LONGEST:
        return text
    return "\n".join(_or_itself(line, 0) for line in text.split("\n"))


def spoken_error(sentence: str, stage: str, language: Language) -> str:
    """An error in the language, after the stage that stopped; one that the table does not know with what to do next."""
    if language == "en":
        return sentence
    frame, translated = _table()["frame"], spoken(sentence, language)
    translated = frame["english"].format(sentence=sentence) if translated == sentence else translated
    return (frame["stopped_in"].format(stage=stage) if stage else "") + translated


def spoken_reason(recorded: str, language: Language) -> str:
    """A reason with what was measured in the language: "too short: 31, at least 50 wanted (FIELD)"."""
    phrase = reason(language, recorded)
    details = recorded.partition(":")[2].strip()
    if phrase == recorded:
        return recorded
    return f"{phrase}：{spoken(details, language)}" if details else phrase


def _or_itself(text: str, depth: int) -> str:
    """The text with its indentation kept, translated where it can be."""
    inner = text.strip()
    translated = _translated(inner, depth) if inner else None
    return text if translated is None else text.replace(inner, translated, 1)


def _translated(text: str, depth: int) -> str | None:
    whole = _plain().get(text)
    if whole is not None:
        return whole
    if depth == _DEEPEST:
        return None
    for phrase, template in _placed():
        if (places := phrase.fills(text)) is not None:
            return template.format(**{name: _in_place(name, one, depth + 1) for name, one in places.items()})
    return None


def _in_place(name: str, text: str, depth: int) -> str:
    """What fills a place: a sentence of ours, or reasons; a single word is somebody's name for something."""
    if name == "few":
        return _FEW.sub(r"\1 \2（下限 \3）", text)
    if name == "reasons":
        return "、".join(_counted_reason(part, depth) for part in _NEXT_REASON.split(text))
    if name == "files":
        return _FILES.sub(lambda one: f"{one[1]}（{_or_itself(one[2], depth)}）", text)
    return _or_itself(text, depth) if " " in text else text


def _counted_reason(text: str, depth: int) -> str:
    """A reason in Japanese, then how many rows it refused and the field that decides it; another text as a sentence of ours."""
    one = _COUNTED_REASON.fullmatch(text)
    if one is None or (phrase := reason("ja", one["reason"])) == one["reason"]:
        return _or_itself(text, depth)
    return f"{phrase} {one['count']} 件" + (f"（{one['field']}）" if one["field"] else "")


@cache
def _table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = {}
    for path in sorted(TABLES.glob("*.yaml")):
        sections: dict[str, dict[str, str]] = YAML(typ="base", pure=True).load(path)
        for name, rows in sections.items():
            table.setdefault(name, {}).update(rows)
    return table


@cache
def _sentences() -> dict[str, str]:
    table = _table()
    return table["pieces"] | table["sentences"] | table["pydantic"] | table["argparse"] | table["system"]


@cache
def _plain() -> dict[str, str]:
    return {english: translated for english, translated in _sentences().items() if "{" not in english}


@cache
def _placed() -> list[tuple[Phrase, str]]:
    """The sentences with places, those that say most themselves first: "{a} in {b}" would take what is longer. Before all of them
    what stands around a fault, whose last place would else be taken for the fault's."""
    placed = [(as_phrase(english), japanese) for english, japanese in _sentences().items() if "{" in english]
    return sorted(placed, key=lambda one: ("message" not in one[0].names, -sum(map(len, one[0].literals))))
