"""What a field of settings takes, in words."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

_LIMITS = {
    "ge": "at least {}", "gt": "above {}", "le": "at most {}", "lt": "below {}",
    "min_length": "at least {} long", "max_length": "at most {} long",
}  # fmt: skip
_WORDS = {int: "whole number", float: "number", str: "text", bool: "true or false", Path: "path"}


def bare(annotation: Any) -> Any:
    """An annotation without Annotated, and without None where it holds one thing beside."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
        return bare(kinds[0]) if len(kinds) == 1 else annotation
    return annotation


def inner_settings(annotation: Any) -> type[BaseModel] | None:
    """The settings that a field holds: itself, in a mapping or in a list."""
    kind = bare(annotation)
    for one in [kind, *(get_args(kind) if get_origin(kind) in {dict, list, tuple} else ())]:
        if isinstance(bare(one), type) and issubclass(bare(one), BaseModel):
            settings: type[BaseModel] = bare(one)
            return settings
    return None


def type_in_words(annotation: Any) -> str:
    """What may stand in a field."""
    arguments = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return type_in_words(arguments[0])
    if get_origin(annotation) in {Union, UnionType}:
        kinds = [type_in_words(kind) for kind in arguments if kind is not NoneType]
        return " or ".join(dict.fromkeys(kinds)) + (" or empty" if NoneType in arguments else "")
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{one if isinstance(one, str) else json.dumps(one)}`" for one in arguments)
    if get_origin(annotation) is dict:
        return f"mapping of {type_in_words(arguments[1])}"
    if get_origin(annotation) in {list, tuple}:
        return f"list of {type_in_words(arguments[0])}"
    return _WORDS.get(annotation, "text")


def limits(field: FieldInfo) -> Iterator[str]:
    """Where a field's values end."""
    for mark in field.metadata:
        for name, words in _LIMITS.items():
            if (value := getattr(mark, name, None)) is not None:
                yield words.format(value)
