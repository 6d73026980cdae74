"""Why rows were refused: counts, shares and examples that show the place, in Japanese too."""

import json
import re
from pathlib import Path

import pytest

from secondhalf.analysis.rejects import examples, reasons
from secondhalf.analysis.results import Results
from secondhalf.api import run
from secondhalf.commands.show import rejects, show
from secondhalf.output import printable
from secondhalf.recipe import Recipe
from secondhalf.recipe.file import write_yaml
from secondhalf.report.text import as_text
from secondhalf.rows import Document, Verdict, partition_by_verdicts
from secondhalf.runs import Run
from secondhalf.store import Stage, Store
from secondhalf.text.visible import escape_invisible
from support.recipes import LENGTH_ONLY

LONG = "町の図書館は　来年の春に新しい建物へ移ります。" * 40


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    rows = [Document(f"d{i}", text, "web") for i, text in enumerate(["Good.", LONG + "<b>太字</b>" + LONG, "Bad.", "Worse.\x1b[31m"])]  # fmt: skip
    verdicts = [
        [Verdict("d0", "a", True, 1.0)],
        [Verdict("d1", "a", True, 1.0), Verdict("d1", "markup", False, 0.2, "markup left", len(LONG), len(LONG) + 3)],
        [Verdict("d2", "a", False, 0.0, "repeated: of d0")],
        [Verdict("d3", "a", False, 0.0, "repeated lines")],
    ]
    clean_stage = Stage(tmp_path / "store" / "clean" / "k")
    clean_stage.path.mkdir(parents=True)
    for kind, table in zip(
        ("part", "rejects", "verdicts"), partition_by_verdicts(Document, rows, verdicts), strict=True
    ):
        clean_stage.write(kind, 0, table)
    clean_stage.finish({"rows_in": 4, "rows": 1, "rejected": 3})
    return clean_stage


def test_a_reason_that_begins_another_is_counted_apart(stage: Stage):
    assert reasons(stage) == [("markup left", 1, ["d1"]), ("repeated", 1, ["d2"]), ("repeated lines", 1, ["d3"])]


def test_an_example_shows_the_place(stage: Stage):
    excerpts = examples(stage, {"d1", "d2"}, 60)
    assert excerpts["d2"] == ("a", "Bad.", "repeated: of d0", "")
    assert "<b>太字</b>" in excerpts["d1"].text
    assert excerpts["d1"].text.startswith("…")
    assert excerpts["d1"].text.endswith("…")
    assert len(excerpts["d1"].text) == 62
    assert examples(stage, set(), 60) == {}


def test_counts_shares_and_examples(stage: Stage, tmp_path: Path):
    folder = tmp_path / "runs" / "try"
    folder.mkdir(parents=True)
    (folder / "stages.json").write_text(json.dumps({"clean": {"stage": "clean/k", "reused": False}}))
    run = Run(Recipe(), folder, Store(tmp_path / "store"))
    text = rejects(run, "clean", as_json=False)
    assert "clean: 1 markup left (25.0%)" in text
    assert "図書館は 来年の春に" in text
    assert "Worse.⟨U+001B⟩[31m" in printable(text)
    rows = json.loads(rejects(run, "clean", as_json=True))["rejects"]
    assert [item["share"] for item in rows] == [0.25, 0.25, 0.25]


def test_japanese_stays_legible_and_controls_do_not_act():
    assert escape_invisible("図書館　「本」…①") == "図書館　「本」…①"
    assert escape_invisible("a\x1b[31m\u202e\u200b") == "a⟨U+001B⟩[31m⟨U+202E⟩⟨U+200B⟩"


def test_a_report_of_another_release_is_read_from_the_stages(tmp_path: Path):
    folder = tmp_path / "runs" / "old"
    (folder / "report").mkdir(parents=True)
    (folder / "report" / "facts.json").write_text('{"name": "old", "unchecked": ["A sentence of before."]}', "utf-8")
    recipe = Recipe(name="old")
    (folder / "recipe.yaml").write_text(write_yaml(recipe), "utf-8")
    run = Run(recipe, folder, Store(tmp_path / "store"))
    assert show(run, as_json=False, full=True) == as_text(Results(run).facts)
    assert f"secondhalf show {tmp_path}/runs/old --full" in show(run, as_json=False)
    assert json.loads(show(run, as_json=True))["unchecked"] == ["A sentence of before."]


def test_a_reject_names_its_file_the_figure_the_limit_and_the_field(tmp_path: Path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "guide10.md").write_text("Too short a text.", "utf-8")
    (tmp_path / "docs" / "good.md").write_text(
        "A text of these words is long enough to be kept by a filter of five words.", "utf-8"
    )
    (tmp_path / "docs" / "bad.docx").write_bytes(b"x")
    (tmp_path / "docs" / "photo.png").write_bytes(b"\x89PNG")
    (tmp_path / "docs" / "sjis.txt").write_bytes("これは五文字より長い日本語の文章です。".encode("cp932"))
    recipe = Recipe.model_validate(
        {
            "name": "files",
            "corpus": {"reader": "folder", "path": str(tmp_path / "docs")},
            "clean": {**LENGTH_ONLY, "length": {"min_words": 8}},
        }
    )
    finished = run(recipe, until="clean", runs=tmp_path / "runs", store=tmp_path / "store")
    length = "guide10.md: 4, at least 8 wanted (clean.length.min_words)"
    assert length in rejects(finished, "clean", as_json=False)
    (item,) = [
        item
        for item in json.loads(rejects(finished, "clean", as_json=True))["rejects"]
        if item["reason"] == "too short"
    ]
    assert list(item["places"].values()) == [length]
    assert "bad.docx: no archive (File is not a zip file)" in rejects(finished, "corpus", as_json=False)
    summary = show(finished, as_json=False)
    assert "corpus: 1 files are not read: .png (pictures: OCR first)" in summary
    assert re.search(r"corpus: texts were in (utf-8 \(2\), shift_jis \(1\)|shift_jis \(1\), utf-8 \(2\))", summary)
