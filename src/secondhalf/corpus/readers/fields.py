"""Which field of a row is what, as the recipe maps them."""

from collections.abc import Callable
from typing import Any

from secondhalf.corpus.readers.items import EXCERPT, Read, Refused, printable
from secondhalf.corpus.settings import CorpusSettings

_NAMES = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}


def wanted(settings: CorpusSettings) -> list[str]:
    """The fields that a recipe maps, the text's first."""
    others = (settings.url_field, settings.source_field, settings.language_field, settings.licence_field)
    return [settings.field, *dict.fromkeys(name for name in others if name and name != settings.field)]


def mapper(settings: CorpusSettings) -> Callable[[Any, str], Read | Refused]:
    """A function from a row (a dict, or whatever else stood there) and its place to what it is."""
    text_field, url_field = settings.field, settings.url_field
    others = (settings.source_field, settings.language_field, settings.licence_field)
    more = any(others)

    def read(row: Any, place: str) -> Read | Refused:
        if type(row) is not dict:
            return Refused(place, f"not an object: {kind(row)}", printable(str(row)[:EXCERPT]))
        text = row.get(text_field)
        if type(text) is not str:
            there = f"{text_field!r} is {kind(text)}" if text_field in row else f"there is no {text_field!r}"
            return Refused(place, f"no text in the field: {there}", printable(str(row)[:EXCERPT]))
        url = row.get(url_field)
        address = url if type(url) is str else _plain(url)
        if more:
            return Read(text, place, address, *(_plain(row.get(name)) for name in others))
        return Read(text, place, address)

    return read


def kind(value: Any) -> str:
    """What a value is, for people."""
    return _NAMES.get(type(value), "text" if isinstance(value, str) else type(value).__name__)


def _plain(value: Any) -> str:
    return str(value)[:2000] if isinstance(value, str | int) and not isinstance(value, bool) else ""
