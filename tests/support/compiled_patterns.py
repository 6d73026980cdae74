"""Every regular expression of the package: compiled ones found in its modules, and the places in its source that call `re`."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import secondhalf

SOURCE = Path(secondhalf.__file__).parent
_ANCHORED = {"match", "fullmatch"}


class PatternUse(NamedTuple):
    """A pattern, where it is, and how it is used: `anchored` patterns are only ever tried at one place of a text."""

    place: str
    pattern: re.Pattern[Any]
    anchored: bool

    def run(self, text: str) -> None:
        """All that a module does with it: every match of the text, or an attempt at its beginning."""
        subject: Any = text.encode("utf-8", "replace") if isinstance(self.pattern.pattern, bytes) else text
        if self.anchored:
            self.pattern.match(subject)
            self.pattern.fullmatch(subject)
        else:
            for _ in self.pattern.finditer(subject):
                pass


class CallSite(NamedTuple):
    """A call such as `re.sub(...)` in the source: PATH FUNCTION (empty: at module level), its method, its pattern if it is literal."""

    place: str
    in_function: bool
    method: str
    literal: str | None
    flags: int


def modules() -> Iterator[ModuleType]:
    """Every module of the package."""
    for patterns in pkgutil.walk_packages(secondhalf.__path__, "secondhalf."):
        if not patterns.name.endswith("__main__"):
            yield importlib.import_module(patterns.name)


@cache
def compiled() -> tuple[PatternUse, ...]:
    """The patterns that modules hold: by name, in containers, in classes; each once."""
    uses: dict[re.Pattern[Any], PatternUse] = {}
    for module in modules():
        assert module.__file__
        used = _methods(Path(module.__file__))
        for name, value in list(vars(module).items()):
            for pattern in _inside(value, module.__name__):
                anchored = isinstance(value, re.Pattern) and bool(used.get(name)) and used[name] <= _ANCHORED
                if pattern not in uses or uses[pattern].anchored:
                    uses[pattern] = PatternUse(f"{module.__name__}.{name}", pattern, anchored)
    return tuple(uses.values())


@cache
def call_sites() -> tuple[CallSite, ...]:
    """Every call of a function of `re` but `re.escape`."""
    return tuple(
        site
        for path in sorted(SOURCE.rglob("*.py"))
        for site in _calls(ast.parse(path.read_text("utf-8")), str(path.relative_to(SOURCE)), "")
    )


def _calls(node: ast.AST, path: str, function: str) -> Iterator[CallSite]:
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        if isinstance(child, ast.Call) and _is_re(child.func) and child.func.attr != "escape":
            literal = child.args[0].value if isinstance(child.args[0], ast.Constant) else None
            flags = _flags(child)
            yield CallSite(f"{path} {function}".strip(), bool(function), child.func.attr, literal, flags)
        yield from _calls(child, path, inner)


def _is_re(function: Any) -> bool:
    return isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "re"


def _flags(call: ast.Call) -> int:
    """The flags that are written out, such as re.IGNORECASE | re.MULTILINE."""
    written = " ".join(ast.unparse(value) for value in [*call.args[1:], *(word.value for word in call.keywords)])
    return sum(re.RegexFlag[name] for name in re.findall(r"\bre\.([A-Z]+)\b", written))


def _methods(path: Path) -> dict[str, set[str]]:
    """By name: the methods that a module calls on it; other uses, such as handing it on, count as one named "?"."""
    tree = ast.parse(path.read_text("utf-8"))
    called = {
        id(node.func.value): node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    used: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            used.setdefault(node.id, set()).add(called.get(id(node), "?"))
    return used


def _inside(value: Any, module: str, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 4 and isinstance(value, dict):
        for item in [*value, *value.values()]:
            yield from _inside(item, module, depth + 1)
    elif depth < 4 and isinstance(value, list | tuple | set | frozenset) and len(value) < 2000:
        for item in value:
            yield from _inside(item, module, depth + 1)
    elif depth < 3 and isinstance(value, type) and value.__module__ == module:
        for item in vars(value).values():
            yield from _inside(item, module, 3)
