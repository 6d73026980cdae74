"""The labelled pairs of the audit's benchmark: halves apart, lengths as promised, and how two passes of labels are merged."""

import importlib.util
import json
import re
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from secondhalf.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "benchmarks" / "instruction_labels"


def _agreement() -> ModuleType:
    spec = importlib.util.spec_from_file_location("agreement", FOLDER / "agreement.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


agreement = _agreement()
PAIRS: list[dict[str, Any]] = [json.loads(line) for line in (FOLDER / "pairs.jsonl").read_text("utf-8").splitlines()]
FIELDS = ["id", "half", "language", "corpus", "source", "licence", "teacher", "rule", "prompt", "original", "response"]


def test_six_hundred_pairs_of_each_language() -> None:
    assert Counter(pair["language"] for pair in PAIRS) == {"en": 600, "ja": 600}
    assert len({pair["id"] for pair in PAIRS}) == len(PAIRS)
    for pair in PAIRS:
        assert list(pair) == FIELDS, pair["id"]
        assert all(isinstance(value, str) and value.strip() for value in pair.values()), pair["id"]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_several_teachers_and_both_halves(language: str) -> None:
    pairs = [pair for pair in PAIRS if pair["language"] == language]
    assert len({pair["teacher"] for pair in pairs} - {"original"}) >= 3
    assert min(Counter(pair["half"] for pair in pairs).values()) >= 240


def test_sides_are_short() -> None:
    for pair in PAIRS:
        for side in ("prompt", "original", "response"):
            text = pair[side]
            length = len(text.split()) if pair["language"] == "en" else len("".join(text.split())) / 2.5
            assert length <= 75, (pair["id"], side, length)


def test_the_original_stands_as_the_response_where_nobody_wrote() -> None:
    for pair in PAIRS:
        assert (pair["teacher"] == "original") == (pair["response"] == pair["original"]), pair["id"]


def test_no_source_stands_in_both_halves() -> None:
    halves: dict[tuple[str, str, str], set[str]] = {}
    for pair in PAIRS:
        halves.setdefault((pair["language"], pair["corpus"], pair["source"]), set()).add(pair["half"])
    assert len(halves) > 300
    assert all(len(half) == 1 for half in halves.values())


def test_no_long_run_of_a_text_stands_in_both_halves() -> None:
    runs: dict[str, set[str]] = {"dev": set(), "test": set()}
    for pair in PAIRS:
        text = pair["prompt"] + pair["original"]
        units, size = (text.lower().split(), 12) if pair["language"] == "en" else (list("".join(text.split())), 40)
        runs[pair["half"]] |= {" ".join(units[start : start + size]) for start in range(len(units) - size + 1)}
    assert not runs["dev"] & runs["test"]


def test_no_address_or_number_of_a_person() -> None:
    for pair in PAIRS:
        text = pair["prompt"] + pair["original"]
        assert not re.search(r"[\w.+-]+@[\w-]+\.\w|\+?\d[\d -]{8,}\d", text), pair["id"]


def _labels(*sides: list[str]) -> dict[str, dict[str, frozenset[str]]]:
    return {f"p{n}": {"prompt": frozenset(kinds), "response": frozenset()} for n, kinds in enumerate(sides)}


def test_kappa_is_1_where_passes_agree_and_0_where_they_agree_by_chance() -> None:
    labels = _labels(["form"], ["form"], [], [])
    languages = dict.fromkeys(labels, "en")
    rows = {(row["side"], row["kind"]): row for row in agreement.agreement(labels, labels, languages)}
    assert rows["prompt", "form"]["kappa"] == 1
    assert rows["prompt", "any"]["first"] == 2
    assert rows["response", "any"]["kappa"] is None
    other = _labels(["form"], [], ["form"], [])
    rows = {(row["side"], row["kind"]): row for row in agreement.agreement(labels, other, languages)}
    assert rows["prompt", "form"]["kappa"] == 0
    assert rows["prompt", "form"]["low"] < 0 < rows["prompt", "form"]["high"]


def test_the_adjudicated_label_decides_only_where_passes_differ() -> None:
    first, second = _labels(["form"], ["how_to"], []), _labels(["form"], [], [])
    decided = {"p1": {"prompt": frozenset(["exercise"]), "response": frozenset(["form"])}}
    merged = agreement.merge(first, second, decided)
    assert merged["p0"]["prompt"] == {"form"}
    assert merged["p1"]["prompt"] == {"exercise"}
    assert merged["p1"]["response"] == set(), "both passes agree on this side"
    with pytest.raises(UserError, match=r"lacks 1 pairs .* p1"):
        agreement.merge(first, second, {})


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"id": "no", "prompt": [], "response": []}', "no pair has the id 'no'"),
        ('{"id": "p0", "prompt": ["question"], "response": []}', "line 1: prompt must be a list of these kinds"),
        ('{"id": "p0", "prompt": []}', "line 1: response must be a list"),
        ('{"id": "p0", "prompt": [], "response": []}\n' * 2, "line 2: p0 is labelled twice"),
        ('{"id": "p0", "prompt": [], "response": []}', "lacks 1 pairs, p1"),
    ],
)
def test_a_pass_with_a_mistake_is_refused(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "first.jsonl"
    path.write_text(line, "utf-8")
    with pytest.raises(UserError, match=why):
        agreement.read_labels(path, {"p0": "en", "p1": "en"})


def test_the_command_prints_kappa_and_writes_the_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "labels").mkdir()
    rows = [{"id": "p0", "language": "en"}, {"id": "p1", "language": "ja"}]
    (tmp_path / "pairs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    line = '{{"id": "p{}", "prompt": {}, "response": []}}\n'
    (tmp_path / "labels" / "first.jsonl").write_text(line.format(0, '["form"]') + line.format(1, "[]"), "utf-8")
    (tmp_path / "labels" / "second.jsonl").write_text(line.format(1, "[]") + line.format(0, "[]"), "utf-8")
    monkeypatch.setattr("sys.argv", ["agreement.py", "--merge", "--folder", str(tmp_path)])
    assert agreement.main() == 2
    assert "adjudicated.jsonl lacks 1 pairs" in capsys.readouterr().err
    (tmp_path / "labels" / "adjudicated.jsonl").write_text(line.format(0, '["form"]'), "utf-8")
    assert agreement.main() == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["merged"] == 2
    merged = [json.loads(row) for row in (tmp_path / "labels.jsonl").read_text("utf-8").splitlines()]
    assert merged[0] == {"id": "p0", "prompt": ["form"], "response": []}
