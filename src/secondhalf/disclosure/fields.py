"""The fields of a document, and which of them the run does not know."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from secondhalf.text.visible import escape_invisible


@dataclass(frozen=True)
class DisclosureField:
    """One field that a document asks for. `value` is None where the run does not know it; [] is known, and none."""

    name: str
    """Its key among the words, or its path in a JSON document."""
    value: str | list[str] | None
    note: str = ""
    """What the run does have towards it."""


@dataclass(frozen=True)
class Disclosure:
    """A document: its file's name, its text, and its fields."""

    file: str
    text: str
    fields: list[DisclosureField]

    @property
    def unknown(self) -> list[str]:
        """The names of the fields that are not known."""
        return [field.name for field in self.fields if field.value is None]

    def summary(self) -> str:
        """How many of its fields are not known, and which: a sentence for people."""
        unknown = self.unknown
        head = f"{self.file}: {len(unknown)} of {len(self.fields)} fields are not known"
        return f"{head}: {', '.join(unknown)}." if unknown else f"{head}."


def as_fields(values: Mapping[str, Any]) -> list[DisclosureField]:
    """The fields of a JSON document by their paths; what is None is not known, whatever else is there is."""
    return [DisclosureField(path, None if value is None else []) for path, value in values.items()]


def as_json(document: Mapping[str, Any]) -> str:
    """The document without what is None, as JSON that may stand in a page: no sign in it ends a script or begins a tag.

    Characters that reorder or hide text are written out, as everywhere.
    """
    text = json.dumps(_known(document), indent=2, ensure_ascii=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text + "\n"


def _known(value: Any) -> Any:
    if isinstance(value, str):
        return escape_invisible(value)
    if isinstance(value, Mapping):
        return {key: _known(inside) for key, inside in value.items() if inside is not None}
    if isinstance(value, Sequence):
        return [_known(inside) for inside in value if inside is not None]
    return value
