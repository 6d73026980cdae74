"""The README's measurements are those of the results, and every result says how it came about."""

import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

import table  # noqa: E402

RESULTS = sorted(table.RESULTS.glob("*.json"))


def test_the_readme_holds_the_table_of_the_results() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert table.BEGIN in readme
    assert table.with_table(readme) == readme, "python benchmarks/table.py writes it anew"


def test_a_table_of_before_is_replaced_and_nothing_else() -> None:
    readme = f"a\n{table.BEGIN}| old |\n{table.END}b\n"
    assert table.with_table(readme) == f"a\n{table.BEGIN}{table.table()}{table.END}b\n"


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_every_result_says_how_it_came_about(path: Path) -> None:
    record = json.loads(path.read_text("utf-8"))
    if "no evidence" in record:
        return  # kept for the record alone, and says so itself
    missing = [name for name in table.RECORD if not record.get(name)]
    assert not missing, f"{path.name}: run its benchmark again"
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", record["date"])
    assert record["command"].startswith(("python benchmarks/", "make "))


def test_a_figure_that_no_result_has_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = table.figures_by_name()
    del figures["clean"]["ratio"]
    monkeypatch.setattr(table, "figures_by_name", lambda: figures)
    with pytest.raises(Exception, match="ratio"):
        table.table()
