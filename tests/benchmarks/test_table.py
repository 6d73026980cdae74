"""The measurements of README and docs are those of the results, and every result says how it came about."""

import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

import run_all  # noqa: E402
import table  # noqa: E402
from bars import AT_MOST, BARS, against_bars, held_bars  # noqa: E402

RESULTS = sorted(table.RESULTS.glob("*.json"))


@pytest.mark.parametrize("page", table.PAGES)
def test_a_page_holds_the_tables_of_the_results(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert table.with_tables(text, table.PAGES[page]) == text, "python benchmarks/table.py writes them anew"
    assert re.findall(table.BEGIN.format("(.+)"), text) == table.PAGES[page]


def test_a_table_of_before_is_replaced_and_nothing_else() -> None:
    begin = table.BEGIN.format("speed")
    page = f"a\n{begin}| old |\n{table.END}b\n"
    assert table.with_tables(page, ["speed"]) == f"a\n{begin}{table.table('speed')}{table.END}b\n"
    with pytest.raises(ValueError, match="no place for the table effect"):
        table.with_tables(page, ["effect"])


@pytest.mark.parametrize("name", ["effect", "studies", "unaudited"])
def test_a_table_says_the_same_in_both_languages(name: str) -> None:
    english, japanese = table.table(name), table.table(f"{name}.ja")
    figures = [re.findall(r"[−+]?\d[\d.]*", text.partition("\n\n")[0]) for text in (english, japanese)]
    assert figures[0] == figures[1]
    assert english.count("\n") == japanese.count("\n")


def test_the_bars_are_the_same_in_both_languages() -> None:
    assert set(re.findall(r"\d+", table.table("bars"))) <= set(re.findall(r"\d+", table.table("bars.ja")))


def test_a_bar_is_held_by_an_interval_or_by_one_measurement() -> None:
    figures = {
        "clean": {"ratio": 12, "ratio_low": 8},
        "dedup": {"ratio": 21, "recall": 0.9},
        "train_gpu": {"ratio": None},
    }
    bars = {(bar.benchmark, bar.figure): (bar.holds, bar.interval) for bar in held_bars(figures)}
    assert bars == {
        ("clean", "ratio"): (False, True),
        ("dedup", "ratio"): (True, False),
        ("dedup", "recall"): (False, False),
    }


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_every_result_says_how_it_came_about(path: Path) -> None:
    record = json.loads(path.read_text("utf-8"))
    if "no evidence" in record:
        return  # kept for the record alone, and says so itself
    missing = [name for name in table.RECORD if not record.get(name)]
    assert not missing, f"{path.name}: run its benchmark again"
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", record["date"])
    assert record["command"].startswith(("python benchmarks/", "make ", "secondhalf run recipes/"))


def test_a_figure_that_no_result_has_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = table.figures_by_name()
    del figures["clean"]["ratio"]
    monkeypatch.setattr(table, "figures_by_name", lambda: figures)
    with pytest.raises(Exception, match="ratio"):
        table.table("speed")


def test_every_bar_is_of_a_figure_that_its_result_has() -> None:
    results = table.figures_by_name()
    assert set(BARS) <= set(results)
    for name, bars in BARS.items():
        assert not set(bars) - set(results[name]), name


@pytest.mark.parametrize(
    ("figures", "text"),
    [
        ({"ratio": 12, "ratio_low": 10, "ratio_high": 13}, "ratio at least 10: holds"),
        ({"ratio": 12, "ratio_low": 8.6, "ratio_high": 13}, "ratio at least 10: **missed by 1.4**"),
        ({"ratio": 12}, "ratio at least 10: holds (no interval)"),
        ({"ratio": 8.6}, "ratio at least 10: **missed by 1.4** (no interval)"),
        ({"ratio": None}, "ratio at least 10: not measured"),
        ({}, ""),
    ],
)
def test_a_bar_holds_for_the_lower_end_alone(figures: dict[str, float], text: str) -> None:
    assert against_bars("clean", figures) == text


def test_what_is_better_small_has_a_bar_above_it() -> None:
    assert "growth_mb" in AT_MOST
    assert against_bars("teach_memory", {"growth_mb": 100}) == "growth in MB at most 100: holds"
    assert against_bars("teach_memory", {"growth_mb": 120}) == "growth in MB at most 100: **missed by 20**"
    assert against_bars("teach_memory", {"growth_mb": 4617}) == "growth in MB at most 100: **missed by 4,517**"
    assert against_bars("no such benchmark", {"ratio": 1}) == ""


def test_every_row_with_an_interval_shows_it() -> None:
    figures = {"ratio": 12.34, "ratio_low": 10.05, "ratio_high": 14.0}
    assert table.times(figures) == "**12.3 times** [10.1, 14.0]"
    assert table.times({"ratio": 12.34}) == "**12.3 times**"


def test_all_results_can_be_made_again_in_one_go() -> None:
    made_elsewhere = {"soak", "coverage", "mutants", "invariance", "difficulty", "small_judges", "train_keep"}
    made_elsewhere |= {*table.RUNS, *dict(table.STUDIES)}
    assert set(table.figures_by_name()) - made_elsewhere <= set(run_all.MINUTES)
    for name in run_all.MINUTES:
        assert Path(run_all.command(name, None)[1]).is_file()


def test_results_of_the_day_are_not_made_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(run_all, "RESULTS", tmp_path)
    (tmp_path / "clean.json").write_text('{"date": "2026-11-30"}')
    (tmp_path / "dedup.json").write_text('{"date": "2026-11-28"}')
    assert run_all.outstanding("2026-11-29", ["train_cpu", "clean", "dedup", "pii"]) == ["pii", "dedup", "train_cpu"]
