"""What the stages of the funnel can record of a row that they leave out: every check and reason, read from the package's source.

A part that only a run can fill is `*`. Names are followed to what is given to them, and calls of a module's own functions to
what those return; what comes from elsewhere (a library's message) is `*` too.
"""

import ast
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import secondhalf
from secondhalf.analysis.funnel import UNSAMPLED

# Where a reason and a check are handed over: their places among the arguments.
_REASONS = {
    "Verdict": 4, "rule_verdict": 3, "below": 0, "above": 0, "_low": 0, "_high": 0, "Refused": 1, "BrokenFileError": 0, "UndecodedError": 0,
    "_UnreadableError": 0, "Cut": 2,
}  # fmt: skip
_CHECKS = {"Verdict": 1, "rule_verdict": 1}
# Stages that the funnel does not show, and the file behind `rule_verdict`.
_ELSEWHERE = {"evaluate", "probe", "train", "models", "benchmark_overlap.py", "rule.py"}


@cache
def reasons() -> set[str]:
    """Without what stands after a colon, as the page counts them."""
    return {text.partition(":")[0] for text in _recorded(_REASONS)} - {"", "*"} | set(UNSAMPLED.values())


@cache
def checks() -> set[str]:
    """A filter of many rules or kinds by its own name, as the page labels it."""
    return {text.partition(".")[0].partition(" ")[0] for text in _recorded(_CHECKS)} - {"", "*"} | {"sample"}


def texts_of(source: str, places: dict[str, int]) -> set[str]:
    """The texts that a module hands to these functions, each at its place among the arguments."""
    module = _Module(source)
    handed = [(call, places[name]) for name in places for call in module.calls(name)]
    return {text for call, index in handed if len(call.args) > index for text in module.texts(call.args[index])}


def _recorded(places: dict[str, int]) -> set[str]:
    root = Path(secondhalf.__file__).parent
    paths = [path for path in root.rglob("*.py") if not _ELSEWHERE & set(path.relative_to(root).parts)]
    return {text for path in paths for text in texts_of(path.read_text("utf-8"), places)}


class _Module:
    def __init__(self, source: str) -> None:
        tree = ast.parse(source)
        self.nodes = list(ast.walk(tree))
        self.parents = {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}
        self.functions = {node.name: node for node in self.nodes if isinstance(node, ast.FunctionDef)}

    def calls(self, name: str) -> list[ast.Call]:
        calls = [node for node in self.nodes if isinstance(node, ast.Call)]
        return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == name]

    def texts(self, node: ast.AST, seen: frozenset[ast.AST] = frozenset()) -> set[str]:
        """Every text that an expression can be. `seen`: what was met on the way to it; a circle ends there."""
        match node:
            case _ if node in seen:
                values = []
            case ast.Constant(value=str() as text):
                return {text}
            case ast.JoinedStr(values=parts):
                return self.joined(parts, seen)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.joined([left, right], seen)
            case ast.IfExp(body=one, orelse=other):
                values = [one, other]
            case ast.BoolOp(values=values):
                pass
            case ast.FormattedValue(value=value):
                values = [value]
            case ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name)):
                values = self.given(name, node)
            case ast.Call(func=ast.Name(id=name)) if name in self.functions:
                values = self.results(name)
            case _:
                values = []
        return {text for value in values for text in self.texts(value, seen | {node})} or {"*"}

    def joined(self, parts: list[ast.expr], seen: frozenset[ast.AST]) -> set[str]:
        return {"".join(chosen) for chosen in product(*(sorted(self.texts(part, seen)) for part in parts))}

    def results(self, function: str) -> list[ast.AST]:
        """What a function returns or yields."""
        inside = ast.walk(self.functions[function])
        return [one.value for one in inside if isinstance(one, ast.Return | ast.Yield) and one.value]

    def given(self, name: str, use: ast.AST) -> list[ast.AST]:
        """What a name can hold where it is used: from the nearest loop, function or else the module that gives it something."""
        for scope in self.around(use):
            values: list[ast.AST] = []
            match scope:
                case ast.For(target=target, iter=ast.Tuple(elts=rows)):
                    values = self.parts(name, target, rows)
                case ast.ListComp(generators=[ast.comprehension(target=target, iter=ast.Tuple(elts=rows))]):
                    values = self.parts(name, target, rows)
                case ast.FunctionDef() | ast.Module():
                    values = self.assigned(name, scope)
            if isinstance(scope, ast.FunctionDef) and name in (names := [one.arg for one in scope.args.args]):
                at = names.index(name)
                values += [call.args[at] for call in self.calls(scope.name) if len(call.args) > at]
            if values:
                return values
        return []

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        while node := self.parents.get(node):  # type: ignore[assignment]
            yield node

    def assigned(self, name: str, scope: ast.AST) -> list[ast.AST]:
        values: list[ast.AST] = []
        for node in ast.walk(scope):
            match node:
                case ast.Assign(targets=[target], value=value) | ast.NamedExpr(target=target, value=value):
                    values += self.parts(name, target, [value])
        return values

    def parts(self, name: str, target: ast.AST, rows: list[ast.expr]) -> list[ast.AST]:
        """What a name in a target gets of each row; of a function's call, what it gets of the results."""
        match target:
            case ast.Name(id=own) | ast.Subscript(value=ast.Name(id=own)):
                return list(rows) if own == name else []
            case ast.Tuple(elts=names):
                at = [index for index, part in enumerate(names) if isinstance(part, ast.Name) and part.id == name]
                tuples = [row for each in rows for row in self.results_or(each) if isinstance(row, ast.Tuple)]
                return [row.elts[index] for index in at for row in tuples]
        return []

    def results_or(self, row: ast.AST) -> list[ast.AST]:
        match row.value if isinstance(row, ast.Starred) else row:
            case ast.Call(func=ast.Name(id=name)) if name in self.functions:
                return self.results(name)
        return [row]
