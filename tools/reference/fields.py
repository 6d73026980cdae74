"""The page of every field of a recipe, of the settings' own documentation."""

import json
from collections.abc import Iterator
from typing import Any, get_origin

from kinds import bare, inner_settings, limits, type_in_words
from markdown import MADE, cell
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from secondhalf.recipe import Recipe
from secondhalf.settings import Decides

_LONGEST_DEFAULT = 80


def recipe() -> str:
    """The page, a section for each group of settings; one that stands in several places is written once."""
    lines = [
        "# Every field of a recipe", "", MADE, "",
        "`secondhalf init --full FILE` writes a recipe with all of them. A field that is left out has its default.",
        "A wrong key names its line and the nearest right one. `--set corpus.sample=200` overrides a field for once.",
        "What is marked *decides nothing* may change in a run that goes on; any other change makes the stages anew that",
        "depend on it, and no others.", "", "## At the top", "",
    ]  # fmt: skip
    fields = Recipe.model_fields
    lines += [_entry("", name, field) for name, field in fields.items() if inner_settings(field.annotation) is None]
    # Data sets and arms take over what stands at the top: that is written there.
    written = {inner: name for name, field in fields.items() if (inner := _only(field))}
    for name, field in fields.items():
        if inner := inner_settings(field.annotation):
            lines += ["", *_section(f"{name}{_many(field)}", inner, field, 2, written)]
    return "\n".join(lines).rstrip() + "\n"


def _only(field: FieldInfo) -> type[BaseModel] | None:
    """The settings that a field is, where it is no mapping or list of them."""
    return inner_settings(field.annotation) if get_origin(bare(field.annotation)) is None else None


def _many(field: FieldInfo) -> str:
    """What stands for the entries of a mapping or a list."""
    return {None: "", dict: ".NAME"}.get(get_origin(bare(field.annotation)), "[]")


def _section(
    path: str, model: type[BaseModel], field: FieldInfo, depth: int, written: dict[type[BaseModel], str]
) -> Iterator[str]:
    yield f"{'#' * min(depth, 4)} {path}"
    if field.description:
        yield from ("", cell(field.description))
    inner = {name: kind for name, f in model.model_fields.items() if (kind := inner_settings(f.annotation))}
    below: dict[str, str] = {}
    for name in sorted(inner, key=lambda name: _many(model.model_fields[name])):  # what stands here once comes first
        if inner[name] not in written:
            written[inner[name]] = below[name] = f"{path}.{name}{_many(model.model_fields[name])}"
    own = [_entry(path, name, f) for name, f in model.model_fields.items() if name not in inner]
    own += [
        f"- **`{path}.{name}`**: {cell(f.description or '')} Its fields are those of"
        f" [{written[inner[name]]}](#{_anchor(written[inner[name]])}).{_other_defaults(f)}"
        for name, f in model.model_fields.items()
        if name in inner and name not in below
    ]
    if own:
        yield from ("", *own)
    for name, heading in below.items():
        yield from ("", *_section(heading, inner[name], model.model_fields[name], depth + 1, written))


def _anchor(heading: str) -> str:
    return "".join(character for character in heading.lower() if character.isalnum() or character in "_-")


def _other_defaults(field: FieldInfo) -> str:
    """The defaults in which settings at this place differ from the same settings elsewhere."""
    value = field.get_default(call_default_factory=True)
    if not isinstance(value, BaseModel):
        return ""
    fields = type(value).model_fields
    other = {
        name: getattr(value, name)
        for name, f in fields.items()
        if not f.is_required() and getattr(value, name) != f.get_default(call_default_factory=True)
    }
    written = ", ".join(f"`{name}` {_shown(item)}" for name, item in other.items())
    return f" Defaults here: {written}." if written else ""


def _entry(path: str, name: str, field: FieldInfo) -> str:
    about = [type_in_words(field.annotation), *limits(field)]
    default = PydanticUndefined if field.is_required() else field.get_default(call_default_factory=True)
    if default is not PydanticUndefined:
        about.append(f"default {_shown(default)}")
    marks = [mark for mark in field.metadata if isinstance(mark, Decides)]
    decides = " *decides nothing*" if marks and not any(mark.what for mark in marks) else ""
    full = f"{path}.{name}" if path else name
    return f"- **`{full}`** ({', '.join(about)}){decides}: {cell(field.description or '')}"


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    text = json.dumps(value, ensure_ascii=False, default=lambda one: one.model_dump(mode="json"))
    return f"`{text}`" if len(text) <= _LONGEST_DEFAULT else "too long to stand here"
