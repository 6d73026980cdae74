"""YAML that a person or a stranger wrote, read with distrust and with the lines of its keys: recipes, prices, `--set` values.

What no file of ours needs is refused before anything is made of it, in a sentence with its line: aliases that multiply or lead
back to themselves, deep nesting, tags, dates where none is wanted, numbers that no field takes, keys that stand twice.
"""

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from secondhalf.errors import UserError
from secondhalf.text.nearest import nearest_file

MOST_BYTES = 500_000
# A resolved recipe of twelve arms has 50 kB and 2,000 values, six deep. The parser takes a tenth of a millisecond a value.
_MOST_VALUES, _DEEPEST, _LONGEST_KEY = 10_000, 40, 200
_TAG = "tag:yaml.org,2002:"
_OTHER_VERSION = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n|%(?!YAML)[^\n]*\n){0,100}%YAML[ \t]+(?!1\.2\b)")
_LONG_TAG = re.compile(r"(?:^|[\s,\[{:-])!\S{1000}")
_BASES = {"0x": 16, "0o": 8, "0b": 2}


class YamlMapping(dict[str, Any]):
    """A mapping of a file; `lines` has the line of each key, from 1."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


class _FaultError(YAMLError):
    """What is refused, and the line (from 1) where it stands."""

    def __init__(self, node: Any, sentence: str) -> None:
        super().__init__(sentence)
        self.line, self.sentence = node.start_mark.line + 1, sentence


def read_small_file(path: Path, mend: str) -> str:
    """The text of a recipe or another small file, without a byte order mark.

    Raises UserError for one that cannot be read (`mend` says what to do then), is larger than MOST_BYTES, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and (near := nearest_file(str(path))):
            raise UserError(f"{str(path)[:300]} does not exist; did you mean {near}?") from error
        raise UserError(f"{str(path)[:300]} cannot be read ({error.strerror}): {mend}.") from error
    except ValueError as error:  # a NUL in its name
        raise UserError(f"{str(path)[:300]!r} is no name of a file: {mend}.") from error
    if len(content) > MOST_BYTES:
        raise UserError(f"{path} is larger than {MOST_BYTES // 1000} kB, as no such file is: {mend}.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8: save it as UTF-8.") from error


def load_yaml(text: str, source: str, *, dates: bool = False, lines: bool = True) -> Any:
    """What the text holds: YamlMapping, list, str, int, float, bool, or None, which an empty one holds. Keys are texts.

    `source` names the file in errors, with the line behind it unless `lines` is False. `dates`: unquoted dates are texts, as
    price files have them; elsewhere they are refused. Raises UserError for what is no YAML, or none that a file of ours needs.
    """
    if len(text) > MOST_BYTES:
        raise UserError(
            f"{source} has more than {MOST_BYTES:,} characters, as nothing that is read here has: make it shorter."
        )
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _Composer
    try:
        if _OTHER_VERSION.match(text):
            raise UserError(f"{source} says that it is another YAML than 1.2: leave its %YAML line out.")
        if _LONG_TAG.search(text):  # the parser takes quadratic time for it
            raise UserError(f"{source} holds a tag (! and a word) of over 1,000 characters: leave it out.")
        node = yaml.compose(text)
        if node is not None:
            _check_aliases(node, {})
        return None if node is None else _value(node, "", dates)
    except _FaultError as fault:
        raise UserError(f"{source}{f':{fault.line}' if lines else ''}: {fault.sentence}.") from fault
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        where = f"{source}:{mark.line + 1}" if mark and lines else source
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is broken"
        raise UserError(f"{where} is no YAML ({problem}): mend it, or put the text in quotes.") from error
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, AssertionError) as error:
        # What ruamel.yaml itself falls over, such as an escape beyond Unicode.
        raise UserError(
            f"{source} is no YAML that can be read ({type(error).__name__}): put its texts in quotes."
        ) from error


class _Composer(Composer):
    """Refuses while it composes, so that nothing large is ever made."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self.warn_double_anchors = False
        self._count = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.parser.peek_event()
        self._count += 1
        if self._count > _MOST_VALUES:
            raise _FaultError(event, f"there are more than {_MOST_VALUES:,} values; leave out what no field takes")
        if self.depth > _DEEPEST:
            raise _FaultError(event, f"this is nested more than {_DEEPEST} deep; no field is")
        tag = None if isinstance(event, AliasEvent) else event.ctag
        if tag is not None and str(tag) not in {"!", f"{_TAG}str"}:
            raise _FaultError(event, f"the tag {str(tag)[:60]} is not read here; leave it out")
        return super().compose_node(parent, index)


def _check_aliases(node: Node, seen: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How many values a node stands for when its aliases are written out, and how deep. Raises _FaultError for too many, too
    deep, and circles.

    `seen`: the same of the nodes so far, by identity; (0, 0) of one that is being looked at.
    """
    if id(node) in seen:
        if not seen[id(node)][0]:
            raise _FaultError(node, f"{node.anchor} stands inside of itself; write the values out")
        return seen[id(node)]
    seen[id(node)] = 0, 0
    inner: list[Node] = []
    if isinstance(node, MappingNode):
        inner = [part for pair in node.value for part in pair]
    elif isinstance(node, SequenceNode):
        inner = node.value
    below = [_check_aliases(part, seen) for part in inner]
    values, depth = 1 + sum(values for values, _ in below), 1 + max((depth for _, depth in below), default=0)
    if values > _MOST_VALUES or depth > _DEEPEST:
        much = (
            f"for more than {_MOST_VALUES:,} values" if values > _MOST_VALUES else f"nested more than {_DEEPEST} deep"
        )
        raise _FaultError(node, f"the aliases in here stand {much}; write out what is needed")
    seen[id(node)] = values, depth
    return values, depth


def _value(node: Node, field: str, dates: bool) -> Any:
    """What a node holds; `field`: the keys before it, for errors."""
    if isinstance(node, MappingNode):
        return _mapping(node, field, dates)
    if isinstance(node, SequenceNode):
        return [_value(item, field, dates) for item in node.value]
    return _scalar(node, f"{field}: " if field else "", dates)


def _mapping(node: MappingNode, field: str, dates: bool) -> YamlMapping:
    """What a mapping holds itself, and below it what it merges (`<<`)."""
    own, merged = YamlMapping(), YamlMapping()
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            raise _FaultError(key, "a key is a list or a mapping; write a word before the colon")
        name, line = str(key.value), key.start_mark.line + 1
        _check_text(key, f"{field}: " if field else "", name)
        if len(name) > _LONGEST_KEY:
            raise _FaultError(key, f"the key {name[:40]}… is longer than any field's name; correct it")
        if name in own.lines:
            raise _FaultError(key, f"the key {name} stands twice; keep one of them")
        own.lines[name] = line
        if str(key.tag) == f"{_TAG}merge":
            for source in value.value if isinstance(value, SequenceNode) else [value]:
                if not isinstance(source, MappingNode):
                    raise _FaultError(source, "<< merges mappings alone; name one with its alias")
                before = _mapping(source, field, dates)
                merged.update({name: item for name, item in before.items() if name not in merged})
                merged.lines.update(before.lines)
        else:
            own[name] = _value(value, f"{field}.{name}".lstrip("."), dates)
    for name, item in merged.items():
        own.setdefault(name, item)
    own.lines = merged.lines | own.lines
    return own


def _scalar(node: Any, field: str, dates: bool) -> object:
    text, kind = str(node.value), str(node.tag).removeprefix(_TAG)
    shown = text[:40] + "…" * (len(text) > 40)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        digits = text.replace("_", "").lstrip("+-")
        base = _BASES.get(digits[:2].lower(), 10)
        number = int(digits, base) if len(digits) < 70 else 2**63
        if number >= 2**63:
            raise _FaultError(
                node, f"{field}{shown} is a larger number than any field takes; put it in quotes if it is a text"
            )
        return -number if text.startswith("-") else number
    if kind == "float":
        digits = text.replace("_", "").lower()
        decimal = 0.0 if digits.lstrip("+-") in {".inf", ".nan"} else float(digits)
        if decimal in {float("inf"), float("-inf")} or digits.lstrip("+-") in {".inf", ".nan"}:
            raise _FaultError(
                node, f"{field}{shown} is no number that a field takes; leave it out where that means no limit"
            )
        return decimal
    if kind == "timestamp" and not dates:
        raise _FaultError(node, f"{field}{shown} is a date to YAML; put it in quotes where a text is meant")
    _check_text(node, field, text)
    return text


def _check_text(node: Node, field: str, text: str) -> None:
    if any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in text):
        raise _FaultError(
            node, f"{field}a text holds a NUL or half a character, as \\0 and \\ud800 write them; take it out"
        )
