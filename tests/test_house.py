"""The house stays as DESIGN.md draws it: one direction of imports, no circle, no crowded room, no name twice."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import secondhalf
from support import ROOT

SOURCE = Path(secondhalf.__file__).parent
TESTS = ROOT / "tests"

# From the ground up: a room imports from rooms before it in this list, and from no other.
FLOORS = [
    "threads", "errors", "install", "settings", "rows", "text", "output", "process", "progress", "extensions", "statistics",
    "listening_socket", "silent_connections", "server_loop", "store",
    "models",
    "corpus", "clean", "split", "teach", "audit", "train", "baselines", "arms", "evaluate", "probe",
    "recipe", "runs", "steps", "analysis", "report", "gate", "export", "certify", "disclosure", "publish", "pipeline", "api", "review",
    "serve", "search", "scaling", "commands", "cli",
]  # fmt: skip
STAGES = ["corpus", "clean", "split", "teach", "audit", "train", "baselines", "arms", "evaluate", "probe"]
WITHOUT_TORCH = [
    "corpus",
    "clean",
    "split",
    "audit",
    "text",
    "statistics",
    "store",
    "analysis",
    "report",
    "gate",
    "disclosure",
    "recipe",
    "runs",
]
MOST_FILES = 20


@cache
def _modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    names = {}
    for path in SOURCE.rglob("*.py"):
        name = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
        names[name.removesuffix(".__init__")] = path
    return names


def _imports(path: Path) -> Iterator[tuple[str, ast.ImportFrom | ast.Import, ast.alias]]:
    """The modules that a file imports anywhere in it, functions included."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node, alias) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                below = f"{node.module}.{alias.name}"
                yield (below if below in _modules() else node.module), node, alias


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def _own(path: Path) -> list[str]:
    return [name for name, _, _ in _imports(path) if name.partition(".")[0] == "secondhalf"]


def test_every_room_has_its_floor():
    assert {_room(name) for name in _modules()} - {"", "__main__"} <= set(FLOORS)


def test_no_import_runs_back_up():
    upward = [
        f"{name} imports {other}"
        for name, path in _modules().items()
        for other in _own(path)
        if _room(name) in FLOORS and _room(other) and FLOORS.index(_room(other)) > FLOORS.index(_room(name))
    ]
    assert upward == []


def test_no_circle_of_files():
    graph = {name: {other for other in _own(path) if other != name} for name, path in _modules().items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_no_circle_is_seen_where_one_is():
    with pytest.raises(CycleError):
        TopologicalSorter({"a": {"b"}, "b": {"a"}}).prepare()


def test_no_stage_knows_recipe_run_or_a_later_stage():
    forbidden = {"recipe", "runs", "steps", "analysis", "report", "pipeline", "commands", "cli"}
    wrong = [
        f"{name} imports {other}"
        for name, path in _modules().items()
        for other in _own(path)
        if _room(name) in STAGES and _room(other) in forbidden
    ]
    assert wrong == []


def test_light_rooms_import_no_torch():
    heavy = {"torch", "transformers", "peft", "accelerate", "trl"}
    wrong = [
        f"{name} imports {other}"
        for name, path in _modules().items()
        for other, _, _ in _imports(path)
        if _room(name) in WITHOUT_TORCH and other.partition(".")[0] in heavy
    ]
    assert wrong == []


def test_no_room_is_crowded():
    files = Counter(path.parent for path in _modules().values() if path.name != "__init__.py")
    assert {str(folder.relative_to(SOURCE)): count for folder, count in files.items() if count > MOST_FILES} == {}


def test_every_room_says_what_it_knows():
    for folder in {path.parent for path in _modules().values()}:
        tree = ast.parse((folder / "__init__.py").read_text("utf-8"))
        assert ast.get_docstring(tree), folder


def test_no_two_types_share_a_name():
    names = Counter(
        node.name
        for path in _modules().values()
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    )
    assert {name for name, count in names.items() if count > 1} == set()


def test_no_import_inside_the_package_needs_an_alias():
    aliases = [
        f"{name}: {other} as {alias.asname}"
        for name, path in _modules().items()
        for other, _, alias in _imports(path)
        if other.startswith("secondhalf") and alias.asname and alias.asname != alias.name
    ]
    assert aliases == []


def test_tests_mirror_the_source():
    rooms = {path.parent.relative_to(SOURCE) for path in _modules().values() if path.name != "__init__.py"}
    assert {str(room) for room in rooms if not any((TESTS / room).glob("test_*.py"))} == set()
