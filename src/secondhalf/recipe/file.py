"""Recipes as files: reading YAML with its lines, errors that name them, and writing YAML with its documentation."""

import io
import re
import textwrap
from collections.abc import Iterable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from secondhalf.errors import UserError
from secondhalf.text.nearest import hint, nearest
from secondhalf.text.secrets import mask_secrets
from secondhalf.text.yaml_text import YamlMapping, load_yaml, read_small_file

_MOST_FAULTS, _LONGEST_ECHO = 20, 80
_QUOTED = re.compile(r"'([^']*)'")
_OUR_CLASS = re.compile(r" or instance of \w+$")
# Fields into which people put a key or a password: what stands there is not repeated.
_SECRET_FIELDS = {"key_env", "urls"}


def read_yaml(path: Path) -> YamlMapping:
    """The file's mapping, with the lines of its keys. Raises UserError for what is no YAML mapping."""
    return read_mapping(
        path,
        "name a recipe, or write one with `secondhalf init`",
        "is no recipe: it must hold `key: value` lines; `secondhalf init` writes one.",
    )


def read_mapping(path: Path, mend: str, otherwise: str) -> YamlMapping:
    """The mapping of a file. Raises UserError: for one that cannot be read it ends in `mend`, for none it is `otherwise`."""
    raw = load_yaml(read_small_file(path, mend), str(path))
    if not isinstance(raw, YamlMapping):
        raise UserError(f"{path} {otherwise}")
    return raw


def read_commented(path: Path) -> CommentedMap:
    """The same with its comments, to be written again."""
    read_yaml(path)  # refuses what ruamel.yaml would take ages for
    commented: CommentedMap = YAML().load(path.read_text("utf-8-sig"))
    return commented


def read_overrides(texts: Iterable[str]) -> list[tuple[str, object]]:
    """The `stage.field=value` of a command line as field and value, read as YAML. Raises UserError for what is none."""
    overrides = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not all(name.split(".")):
            raise UserError(f"--set {_shortened(text)}: write stage.field=value, such as --set corpus.sample=200.")
        overrides.append((name, load_yaml(value, f"--set {_shortened(text)}", lines=False)))
    return overrides


def set_value(recipe: dict[str, Any], name: str, value: object) -> None:
    """Lays one value over a recipe, in place, a mapping field by field. Raises UserError for a path through a value."""
    *sections, last = name.split(".")
    inner = recipe
    for section in sections:
        if inner.get(section) is None:
            inner[section] = {}
        if not isinstance(inner[section], dict):
            raise UserError(f"{name}: {section} is a value, not a stage.")
        inner = inner[section]
    if isinstance(value, Mapping) and isinstance(inner.get(last), dict):
        for key, item in value.items():
            set_value(inner[last], str(key), item)
    else:
        inner[last] = deepcopy(value)  # what is laid over it later must not change the caller's own


def explain(error: ValidationError, model: type[BaseModel], path: Path, raw: YamlMapping) -> str:
    """A recipe's first faults, a sentence each: file, line, key, and for an unknown key the nearest right one."""
    sentences: list[str] = []
    faults = error.errors(include_url=False)
    at_top = {(fault["loc"], fault["type"]) for fault in faults}
    for fault in faults[: 2 * _MOST_FAULTS]:
        keys = [str(part) for part in fault["loc"]]
        # A fault at the top of the recipe shows again in each data set and arm laid over it: once is enough.
        if keys[0:1] in (["data"], ["arms"]) and (fault["loc"][2:], fault["type"]) in at_top:
            continue
        # What is missing stands in no line; what it is missing from does.
        where = f"{path}{_line(raw, keys[:-1] if fault['type'] == 'missing' else keys)}"
        name = ".".join(keys)
        if fault["type"] == "extra_forbidden":
            sentences.append(f"{where}: there is no field {name}{_end(_nearest(model, keys))}")
        else:
            sentences.append(f"{where}: {name + ': ' if name else ''}{_message(fault, keys)}")
    shortest = [s for s in dict.fromkeys(sentences) if not _repeats(s, sentences)]
    # An override stands in no line of the file, so all of its sentences look like repetitions: the shortest is the recipe's own.
    return "\n".join(shortest[:_MOST_FAULTS] or [min(sentences, key=len)])


def _message(fault: ErrorDetails, keys: list[str]) -> str:
    """What is wrong with a field and what to write, and the nearest word where it takes one of several."""
    if fault["type"] == "missing":
        return "it is missing: write it."
    message = _OUR_CLASS.sub("", str(fault["msg"]).removeprefix("Value error, ").rstrip("."))
    if fault["type"] == "string_type" and isinstance(fault["input"], dict):
        message += ", and a colon before a space or at the end makes a mapping: write quotes around it"
    echo = "" if message.endswith("?") else _echo(keys, fault["input"])
    if fault["type"] == "literal_error" and isinstance(fault["input"], str) and echo:
        near = nearest(fault["input"], _QUOTED.findall(str(fault["ctx"]["expected"])))
        echo += f"; did you mean {near}?" if near else ""
    return _end(f"{message or 'it cannot be'}{echo}")


def _end(sentence: str) -> str:
    return sentence if sentence.endswith(("?", ".")) else f"{sentence}."


def _echo(keys: list[str], value: object) -> str:
    """What a field holds, shortened and without secrets; nothing of a whole section."""
    if isinstance(value, dict | BaseModel) or _SECRET_FIELDS & set(keys):
        return ""
    try:
        return " (it is empty)" if value is None else f" (it is {_shortened(mask_secrets(repr(value)))})"
    except (ValueError, RecursionError):  # a number of thousands of digits, a list within itself
        return ""


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_ECHO else f"{text[:_LONGEST_ECHO]}…"


def _repeats(sentence: str, sentences: list[str]) -> bool:
    return ": there is no field " in sentence and ":" not in sentence.partition(": ")[0] and len(set(sentences)) > 1


def _line(raw: object, keys: list[str]) -> str:
    """:LINE of the deepest key that stands in the file; a data set's key may stand at the top of the recipe instead."""
    for start in (keys, keys[2:] if keys[:1] in (["data"], ["arms"]) else []):
        node, line = raw, None
        for key in start:
            if isinstance(node, list) and key.isdigit() and int(key) < len(node):
                node = node[int(key)]
                line = min(node.lines.values(), default=line) if isinstance(node, YamlMapping) else line
                continue
            if not isinstance(node, YamlMapping) or key not in node:
                line = None if key == start[-1] and node is raw else line
                break
            line = node.lines[key]
            node = node[key]
        else:
            if line is not None:
                return f":{line}"
    return ""


def _nearest(model: type[BaseModel], keys: list[str]) -> str:
    fields = sorted(_model_at(model, keys[:-1]).model_fields)
    return hint(keys[-1], fields)


def _model_at(model: type[BaseModel], keys: list[str]) -> type[BaseModel]:
    for key in keys:
        field = model.model_fields.get(key)
        if field is None:  # the name of a data set or an arm: stay with the model of its values
            continue
        inner = [field.annotation, *get_args(field.annotation)]
        model = next((kind for kind in inner if isinstance(kind, type) and issubclass(kind, BaseModel)), model)
    return model


def write_yaml(settings: BaseModel, head: str = "", *, comments: bool = True) -> str:
    """Settings as YAML with every default written out and, as comments, the documentation of every field."""
    out = io.StringIO()
    yaml = YAML()
    yaml.width = 1000
    yaml.dump(_commented(settings, 0, comments=comments), out)
    return head + out.getvalue()


def _commented(value: object, depth: int, *, comments: bool) -> object:
    if isinstance(value, BaseModel):
        mapping = CommentedMap()
        for name, field in type(value).model_fields.items():
            mapping[name] = _commented(getattr(value, name), depth + 1, comments=comments)
            if comments and field.description:
                comment = textwrap.fill(" ".join(field.description.split()), 112 - 2 * depth)
                mapping.yaml_set_comment_before_after_key(name, before=comment, indent=2 * depth)
        return mapping
    if isinstance(value, dict):
        # The fields of data sets and arms are documented once, at the top of the recipe.
        return CommentedMap({key: _commented(item, depth + 1, comments=False) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return [_commented(item, depth + 1, comments=comments) for item in value]
    if not isinstance(value, str):
        return value
    # In a plain scalar U+0085 is a line's end; a literal block loses the carriage return before one. Neither spells what is not
    # printable.
    if not all(character.isprintable() or character in "\n\t" for character in value):
        return DoubleQuotedScalarString(value)
    return LiteralScalarString(value) if "\n" in value else value
