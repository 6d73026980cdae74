"""The base of every stage's settings: unknown keys are errors, the text under a field is its documentation, and what a
field decides is said in its annotation."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

_MOST = 2**63 - 1  # tables and seeds hold whole numbers of 64 bits
Seed = Annotated[int, Field(ge=0, lt=2**32)]
"""A seed that every generator takes: Python's, NumPy's, torch's and those of engines and servers."""
_CHECKED = {"secondhalf_number": True}
_LEAST_SHARE, _MOST_SHARE = 1e-6, 1e6  # between them neither a sum nor a quotient of shares is nothing or infinite
Items = TypeVar("Items", bound=list[Any])


def _once(items: Items) -> Items:
    for item, times in Counter(items).items():
        if times > 1:
            raise ValueError(f"{item} is named twice; once is enough")
    return items


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("nothing is named: write a name or a path")
    return text


def _share(number: float) -> float:
    if not _LEAST_SHARE <= number <= _MOST_SHARE:
        raise ValueError("a share is above 0, 0.000001 to 1,000,000: leave out what is not wanted")
    return number


Once = AfterValidator(_once)
"""Of a list that may hold nothing twice: what stands in it twice would be done, or counted, twice."""
Filled = Annotated[str, AfterValidator(_filled)]
"""A name or a path that has to be there: a blank one would be taken for the current folder."""
Share = Annotated[float, AfterValidator(_share)]
"""A part, against the other parts."""


class Decides:
    """What a field decides: the stages that are named, and with "run" whether a run's folder may go on; False: nothing.

    Said in the annotation, such as `workers: Annotated[int, Decides(False)] = 0`. A field without it decides the run and every
    stage that is handed its settings. "run" alone is for a field whose part in a stage's key is an input: a file is named by its
    path and counted by its hash.
    """

    def __init__(self, *what: str | Literal[False]) -> None:
        self.what = frozenset(name for name in what if name)


class AddedLater:
    """Marks a field that stages were made without: at its default it is left out of what decides, so that their keys stay.

    Only for a default that means "none of it" (None, nothing): one whose meaning could change would hide the change.
    """


def _with_checked_numbers(schema: Any) -> Any:
    """A schema in which every number, in lists and mappings too, is held to what `Settings` says of numbers."""
    if isinstance(schema, list | tuple):
        return type(schema)(_with_checked_numbers(part) for part in schema)
    if not isinstance(schema, dict) or schema.get("metadata") == _CHECKED:
        return schema
    if schema.get("type") in {"int", "float"}:
        limits = {"ge": -_MOST - 1, "le": _MOST} if schema["type"] == "int" else {"allow_inf_nan": False}
        return core_schema.no_info_before_validator_function(_no_truth_value, {**limits, **schema}, metadata=_CHECKED)
    return {name: _with_checked_numbers(part) for name, part in schema.items()}


def _no_truth_value(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("Input should be a number, not true or false")
    return value


class Settings(BaseModel):
    """Frozen, strict about keys; the docstring under a field becomes its help and its YAML comment.

    A number is no truth value, is finite, and where it is whole fits 64 bits.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, validate_default=True, allow_inf_nan=False
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: CoreSchema = _with_checked_numbers(handler(source))
        return schema

    def deciding(self, stage: str) -> dict[str, object]:
        """The settings that decide a stage (or "run"), as JSON has them; settings inside these, in lists and in mappings too.

        Every field of them, but those whose mark `Decides` does not name the stage, and those AddedLater at their default.
        """
        fields = self.model_dump(mode="json")
        return {
            name: _deciding(getattr(self, name), fields[name], stage)
            for name, field in type(self).model_fields.items()
            if all(stage in mark.what for mark in field.metadata if isinstance(mark, Decides))
            and not (_added_later(field) and getattr(self, name) == field.get_default(call_default_factory=True))
        }


def _added_later(field: FieldInfo) -> bool:
    return any(isinstance(mark, AddedLater) for mark in field.metadata)


def _deciding(value: object, dumped: object, stage: str) -> object:
    """`dumped`, which is `value` as JSON has it, without what does not decide the stage."""
    if isinstance(value, Settings):
        return value.deciding(stage)
    if isinstance(value, Mapping) and isinstance(dumped, Mapping):
        pairs = zip(value.values(), dumped.items(), strict=True)
        return {name: _deciding(item, plain, stage) for item, (name, plain) in pairs}
    if isinstance(value, list | tuple) and isinstance(dumped, list):
        return [_deciding(item, plain, stage) for item, plain in zip(value, dumped, strict=True)]
    return dumped


def lay_over(base: object, overlay: object) -> object:
    """`overlay` laid on `base`, mapping by mapping; anything else is replaced whole."""
    if not isinstance(base, Mapping) or not isinstance(overlay, Mapping):
        return overlay
    keys = [*base, *(key for key in overlay if key not in base)]
    return {key: lay_over(base.get(key), overlay[key]) if key in overlay else base[key] for key in keys}
