"""Faults put in by a program, one at a time, where they hurt most: how many the tests see. `make mutants` runs it.

cosmic-ray (MIT) makes the faults: another operator, another number, a loop that never runs ... Which modules, and which tests of
theirs, stands in mutants.toml, with the survivors that change nothing. All of it works on a copy of the tree in .mutants/, where
each module's results are kept too: a run that was stopped goes on, and a module that was changed is done again.

--sample N     so many faults a module, the first by a hash (12); a larger number contains them
--only A,B      only modules whose path holds A, then those whose path holds B
--minutes N    begin no other module after so long; what was tried before counts
--survivors    give those that survived another try, after a test was written
"""

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cosmic_ray.commands.init import init
from cosmic_ray.mutating import use_mutation
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkItem, WorkResult

from harness import ROOT, arguments, finish

FOLDER = ROOT / ".mutants"
TREE = FOLDER / "tree"
TABLE = tomllib.loads((ROOT / "benchmarks" / "mutants.toml").read_text("utf-8"))
SHORTEST, TIMES = 60, 4  # seconds until a mutant counts as hanging: so many times what its tests take without a fault


def copy_tree() -> None:
    """The tree as it is now, so that no fault ever stands in the files that people edit, whatever ends this program."""
    shutil.rmtree(TREE, ignore_errors=True)
    for name in ("src", "tests", "benchmarks", "recipes"):
        shutil.copytree(ROOT / name, TREE / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", TREE)


def annotations(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where the annotations stand and the imports for them, from (line, column) to (line, column): no program reads those."""
    parts: list[Any] = []
    for node in ast.walk(ast.parse(source)):
        parts += [getattr(node, name, None) for name in ("annotation", "returns")]
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            parts.append(node)
    return [((part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset)) for part in parts if part]


def sampled(database: WorkDB, path: Path, count: int) -> list[WorkItem]:
    """The first `count` faults by a hash of what they are. A VERSION is raised by hand, so that any other number does."""
    source = path.read_text("utf-8")
    unread, lines = annotations(source), source.splitlines()

    def is_read(item: WorkItem) -> bool:
        place = tuple(item.mutations[0].start_pos)
        is_version = re.match("_?[A-Z_]*VERSION = ", lines[place[0] - 1])
        return not is_version and not any(start <= place < end for start, end in unread)

    def order(item: WorkItem) -> str:
        fault = item.mutations[0]
        name = f"{fault.operator_name} {fault.occurrence} {json.dumps(fault.operator_args, sort_keys=True)}"
        return hashlib.sha256(name.encode()).hexdigest()

    return sorted(filter(is_read, database.work_items), key=order)[:count]


class Tests:
    """The tests of the copied tree, run by warm_tests.py in the everyday environment."""

    def __init__(self) -> None:
        command = [str(ROOT / ".venv" / "bin" / "python"), str(ROOT / "benchmarks" / "warm_tests.py")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, tests: str, seconds: float) -> int:
        """pytest's exit status; -1 past the limit."""
        assert self._process.stdin
        assert self._process.stdout
        arguments = ["-x", "-q", "-p", "no:cacheprovider", *(f"tests/{test}" for test in tests.split())]
        self._process.stdin.write(json.dumps({"seconds": seconds, "arguments": arguments}) + "\n")
        self._process.stdin.flush()
        return int(json.loads(self._process.stdout.readline())["code"])


def tried(fault: MutationSpec, tests: str, seconds: float, runner: Tests) -> WorkResult:
    """One fault: killed where a test fails or hangs. The output is `before -> after` of the changed line."""
    operator = get_operator(fault.operator_name)(**fault.operator_args)
    with use_mutation(fault.module_path, operator, fault.occurrence) as (before, after):
        code = runner.run(tests, seconds)
    outcome = TestOutcome.KILLED if code else TestOutcome.SURVIVED
    return WorkResult(WorkerOutcome.NORMAL, output=changed_line(before, after or before), test_outcome=outcome)


def changed_line(before: str, after: str) -> str:
    """The first line that differs, as it was and as it is."""
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    return next((f"{one.strip()} -> {other.strip()}" for one, other in pairs if one != other), "a line less")


def examine(module: str, tests: str, count: int, runner: Tests, *, again: bool, until: float) -> dict[str, Any] | None:
    """Tries the faults of one module that have no result yet; None where its tests fail, or some are left past `until`."""
    path = Path("src/secondhalf") / module
    key = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    file = FOLDER / f"{module.replace('/', '.')}-{key}.sqlite"
    is_new = not file.exists()
    database = WorkDB(str(file), WorkDB.Mode.create)
    if is_new:
        init([path], database, {})
    items = sampled(database, path, count)
    results = dict(database.results)
    if again:
        results = {id: result for id, result in results.items() if result.is_killed}
    left = [item for item in items if item.job_id not in results]
    if left and time.monotonic() > until:
        return None
    if left:
        begun = time.monotonic()
        if runner.run(tests, 600):
            print(f"{module}: its tests ({tests}) fail without any fault.", file=sys.stderr)
            return None
        limit = max(SHORTEST, TIMES * (time.monotonic() - begun))
    for item in left:
        results[item.job_id] = tried(item.mutations[0], tests, limit, runner)
        database.set_result(item.job_id, results[item.job_id])
    survived = [results[item.job_id].output or "" for item in items if not results[item.job_id].is_killed]
    database.close()
    reasons = TABLE.get("equivalent", {}).get(module, {})
    row = {
        "mutants": len(items),
        "killed": len(items) - len(survived),
        "survived": len(survived),
        "explained": {change: reasons[change] for change in survived if change in reasons},
        "unexplained": [change for change in survived if change not in reasons],
    }
    print(module, json.dumps(row, ensure_ascii=False), flush=True)
    return row


def main() -> None:
    options = arguments(
        "see above", sample="faults a module", only="a part of a path", minutes="how long", survivors="yes: again"
    )
    count, until = int(options.sample or 12), time.monotonic() + 60 * float(options.minutes or 600)
    FOLDER.mkdir(exist_ok=True)
    copy_tree()
    os.chdir(TREE)
    os.environ["PYTHONPATH"] = str(TREE / "src")
    table: dict[str, str] = TABLE["modules"]
    modules = {name: table[name] for part in (options.only or "").split(",") for name in table if part in name}
    rows, runner = {}, Tests()
    for name, tests in modules.items():
        if row := examine(name, tests, count, runner, again=bool(options.survivors), until=until):
            rows[name] = row
    total = {field: sum(row[field] for row in rows.values()) for field in ("mutants", "killed", "survived")}
    total["unexplained"] = sum(len(row["unexplained"]) for row in rows.values())
    figures = {
        **total,
        "sample": count,
        "modules": rows,
        "not_run": [name for name in TABLE["modules"] if name not in rows],
    }
    versions, given = {"cosmic-ray": version("cosmic-ray")}, f"--sample {count}"
    finish("mutants", figures, versions, quick=options.quick or bool(options.only), given=given)


if __name__ == "__main__":
    main()
