"""Which field of a row is what, as the recipe maps them."""

from collections.abc import Callable, Sequence

from secondhalf.corpus.readers.items import EXCERPT, ReadText, Refused, printable
from secondhalf.corpus.settings import CorpusSettings

_KINDS = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}


def mapped_fields(settings: CorpusSettings) -> list[str]:
    """The fields that a recipe maps, the text's first."""
    others = (settings.url_field, settings.source_field, settings.language_field, settings.licence_field)
    return [settings.field, *dict.fromkeys(name for name in others if name and name != settings.field)]


def repeated_column(names: Sequence[str], settings: CorpusSettings) -> str:
    """Why a table's columns cannot be read: two have the name of a field that the recipe maps; else ""."""
    name = next((name for name in mapped_fields(settings) if names.count(name) > 1), None)
    return f"no text in the field: {names.count(name)} columns have the name {name!r}" if name is not None else ""


def row_mapper(settings: CorpusSettings) -> Callable[[object, str], ReadText | Refused]:
    """A function from a row (a dict, or whatever else stood there) and its location to a text, or to why it is none."""
    text_field, url_field = settings.field, settings.url_field
    others = (settings.source_field, settings.language_field, settings.licence_field)
    has_others = any(others)

    def map_row(row: object, location: str) -> ReadText | Refused:
        if type(row) is not dict:
            return Refused(location, f"not an object: {kind_of(row)}", printable(str(row)[:EXCERPT]))
        text = row.get(text_field)
        if type(text) is not str:
            problem = f"{text_field!r} is {kind_of(text)}" if text_field in row else f"there is no {text_field!r}"
            return Refused(location, f"no text in the field: {problem}", printable(str(row)[:EXCERPT]))
        url = row.get(url_field)
        address = url if type(url) is str else _plain(url)
        if has_others:
            return ReadText(text, location, address, *(_plain(row.get(name)) for name in others))
        return ReadText(text, location, address)

    return map_row


def kind_of(value: object) -> str:
    """What a value is, for people."""
    if isinstance(value, Exception):  # what Arrow could not make a value of
        return "a value that Python has no form for"
    return _KINDS.get(type(value), "text" if isinstance(value, str) else type(value).__name__)


def _plain(value: object) -> str:
    return str(value)[:2000] if isinstance(value, str | int) and not isinstance(value, bool) else ""
