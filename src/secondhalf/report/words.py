"""The words of the pages and of the model card, and reasons in the page's language: words/en.yaml and words/ja.yaml.

Both files have the same keys and placeholders. Corpus text never takes part in a format string.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from ruamel.yaml import YAML

from secondhalf.report.places import Phrase, as_phrase

Language = Literal["en", "ja"]
_FOLDER = Path(__file__).parent / "words"


def page_words(language: Language) -> Mapping[str, str]:
    """The words of the page, by key."""
    return _sections(language)["page"]


def card_words(language: Language) -> Mapping[str, str]:
    """The words of the model card, by key. What comes from a run is put in escaped."""
    return _sections(language)["card"]


def published_words(language: Language) -> Mapping[str, str]:
    """The words of the card of a data set that `secondhalf data` writes, by key. What comes from a run is put in escaped."""
    return _sections(language)["published"]


def disclosure_words(language: Language) -> Mapping[str, str]:
    """The words of the documents about a model and its data, and of their page, by key."""
    return _sections(language)["disclosure"]


def search_words(language: Language) -> Mapping[str, str]:
    """The words of a search's page, by key."""
    return _sections(language)["search"]


def scaling_words(language: Language) -> Mapping[str, str]:
    """The words of the view of gain against pairs, by key."""
    return _sections(language)["scaling"]


def gate_words(language: Language) -> Mapping[str, str]:
    """The words of a gate's page and of its lines on a terminal, by key."""
    return _sections(language)["gate"]


def review_words(language: Language) -> Mapping[str, str]:
    """The words of the pages on which people review, by key."""
    return _sections(language)["review"]


def label(words: Mapping[str, str], kind: str, name: str) -> str:
    """The word for a stage, figure or check that the page knows; what it does not know keeps its own name."""
    return _known(words, kind, name) or name


def named(words: Mapping[str, str], kind: str, name: str) -> str:
    """The word with the name behind it, by which recipes and commands know it; the name alone where there is no word."""
    word = _known(words, kind, name)
    return name if word is None or word == name else f"{word} ({name})"


def headed(words: Mapping[str, str], kind: str, name: str) -> str:
    """The word as it stands at the head of a line; a name that the page does not know stays as it is written."""
    word = _known(words, kind, name)
    return name if word is None else word[:1].upper() + word[1:]


def fill(words: str, **values: object) -> str:
    """A phrase with its places filled. `one|many` chooses by `n`, which comes as it is counted."""
    one, _, many = words.partition("|")
    return (many if many and values.get("n") not in (1, "1") else one).format(**values)


def reason(language: Language, recorded: str) -> str:
    """Why a row was left out, in the page's language; a reason that the page does not know stays as it was recorded.

    A reason's details stand after a colon and are not shown: the page counts reasons without them.
    """
    phrase = _sections(language)["reasons"].get(recorded.partition(":")[0])
    if phrase is not None:
        return phrase
    for placed, template in _placed(language):
        if (places := placed.fills(recorded)) is not None:
            return template.format(**places)
    return recorded


@cache
def _sections(language: Language) -> dict[str, dict[str, str]]:
    # The base loader takes every value as the text that it is, and makes no objects.
    sections: dict[str, dict[str, str]] = YAML(typ="base", pure=True).load(_FOLDER / f"{language}.yaml")
    return sections


@cache
def _placed(language: Language) -> list[tuple[Phrase, str]]:
    """The reasons that have places, and their words."""
    reasons = _sections(language)["reasons"]
    return [(as_phrase(key), phrase) for key, phrase in reasons.items() if "{" in key]


def _known(words: Mapping[str, str], kind: str, name: str) -> str | None:
    # A filter of many rules names the rule after a dot, one of many kinds the kind after a blank: the filter has a word.
    return words.get(f"{kind}_{name}") or words.get(f"{kind}_{name.partition('.')[0].partition(' ')[0]}")
