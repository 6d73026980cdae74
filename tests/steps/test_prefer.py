"""A recipe with a preference-trained arm, from text to report and chat."""

import importlib.util
import json
import os
from pathlib import Path

import pytest

from secondhalf.cli import main
from support.recipes import tiny_recipe


def _recipe(student: Path | str, **prefer: object) -> None:
    """Writes r.yaml, with the arm `preferred` beside the one that it is compared to."""
    arms = {
        "original": None,
        "taught": {"compare_to": None},
        "preferred": {
            "student": "base",
            "data": {"taught": 1},
            "prefer": prefer or {"learning_rate": 0.01},
            "compare_to": ["taught"],
        },
    }
    tiny_recipe(
        Path("r.yaml"),
        student,
        corpus={"sample": 40},
        train={"checkpoint_steps": None, "seeds": None, "held_out": 0.3, "max_length": None},
        arms=arms,
        evaluate={"limit": 4},
        report={"samples": 2},
    )


def test_from_recipe_to_report_and_chat(tmp_path: Path, student: Path, monkeypatch, capsys):
    if not importlib.util.find_spec("trl") and "CI" not in os.environ:
        pytest.skip("preference training is not tested: pip install 'secondhalf[prefer]'")
    monkeypatch.chdir(tmp_path)
    _recipe(student)
    assert main(["run", "r.yaml"]) == 0
    links = json.loads(Path("runs/tiny/stages.json").read_text())
    # One fine-tuning serves both arms.
    assert links["train:taught:1"]["stage"] == links["train:preferred:1"]["stage"]
    manifest = json.loads(Path("store", links["prefer:preferred:1"]["stage"], "manifest.json").read_text())
    assert manifest["rows_in"] == manifest["rows"] + manifest["rejected"]
    assert manifest["inputs"]["adapter"] == links["train:taught:1"]["stage"].split("/")[1]
    for stage in ("evaluate:taught:1", "evaluate:preferred:1"):
        used = json.loads(Path("store", links[stage]["stage"], "manifest.json").read_text())["inputs"]["adapter"]
        assert (
            used
            == links[f"{'prefer' if 'preferred' in stage else 'train'}:{stage.split(':')[1]}:1"]["stage"].split("/")[1]
        )
    page = Path("runs/tiny/report/index.html").read_text("utf-8")
    assert ("then preference training: held-out margin" in page) == ("held_out_margin" in manifest)
    assert "held_out_margin" in manifest
    # It leaves the house as any other arm, and answers as itself.
    assert main(["export", "tiny", "--arm", "preferred", "--as", "merged", "--out", "out"]) == 0
    exported = json.loads(Path("out/export.json").read_text("utf-8"))
    assert exported["parity"][0]["passed"]
    capsys.readouterr()
    Path("questions").write_text("What is a river?\n")
    with Path("questions").open() as questions:
        monkeypatch.setattr("sys.stdin", questions)
        assert main(["chat", "tiny", "--arm", "preferred", "--max-tokens", "5"]) == 0
    assert capsys.readouterr().out.strip()
    # The resolved recipe loads again, and nothing is made twice.
    before = {path: path.stat().st_mtime_ns for path in Path("store").rglob("*.parquet")}
    assert main(["run", "runs/tiny/recipe.yaml"]) == 0
    assert before == {path: path.stat().st_mtime_ns for path in Path("store").rglob("*.parquet")}


WORDS = "It went on and on and on and on and on."
PEOPLE = [
    {
        "prompt": f"In the year {1800 + n} the river rose, and",
        "chosen": f"the town built wall number {n}.",
        "rejected": WORDS,
    }
    for n in range(8)
]
ASKED = {"prompt": "Please write a poem about the river.", "chosen": "It runs by night.", "rejected": WORDS}


def test_what_people_preferred_is_trained_on(tmp_path: Path, student: Path, monkeypatch, capsys):
    if not importlib.util.find_spec("trl") and "CI" not in os.environ:
        pytest.skip("preference training is not tested: pip install 'secondhalf[prefer]'")
    monkeypatch.chdir(tmp_path)
    people = {"people": {"path": "people.jsonl"}, "learning_rate": 0.01}
    _recipe(student, **people)
    file = Path("people.jsonl")
    file.write_text(json.dumps({**PEOPLE[0], "chosen": ""}) + "\n")
    assert main(["run", "r.yaml"]) == 2
    assert "people.jsonl, line 1: chosen is ''" in capsys.readouterr().err
    assert not list(tmp_path.glob("store/corpus/*"))  # told before anything is made
    file.write_text(json.dumps(ASKED) + "\n")
    assert main(["run", "r.yaml"]) == 2
    told = capsys.readouterr().err
    assert "none of 1 preferences of people can be trained on (1 instruction-like in the prompt)" in told
    assert "arms.preferred.prefer.people.refuse_instructions: false" in told
    file.write_text("".join(json.dumps(row) + "\n" for row in (*PEOPLE, ASKED)))
    assert main(["run", "r.yaml"]) == 0
    links = json.loads(Path("runs/tiny/stages.json").read_text())
    stage = Path("store", links["prefer:preferred:1"]["stage"])
    manifest = json.loads((stage / "manifest.json").read_text())
    assert (manifest["rows_in"], manifest["rejected"]) == (9, 1)
    facts = json.loads(Path("runs/tiny/report/facts.json").read_text("utf-8"))
    [arm] = [one for one in facts["arms"] if one["name"] == "preferred"]
    assert arm["people"] == manifest["rows"] - manifest["held_out"] > 0
    assert arm["role"] == "taught"
    assert f"then {arm['people']} preferences of people" in Path("runs/tiny/report/index.html").read_text("utf-8")
    # The same file, and nothing is made anew; another decision, and the preference training is, alone.
    assert main(["run", "r.yaml"]) == 0
    assert (
        json.loads(Path("runs/tiny/stages.json").read_text())["prefer:preferred:1"]["stage"]
        == links["prefer:preferred:1"]["stage"]
    )
    file.write_text("".join(json.dumps(row) + "\n" for row in PEOPLE[:7]))
    assert main(["train", "r.yaml", "--set", "name=second"]) == 0
    second = json.loads(Path("runs/second/stages.json").read_text())
    assert second["train:preferred:1"]["stage"] == links["train:preferred:1"]["stage"]
    assert second["prefer:preferred:1"]["stage"] != links["prefer:preferred:1"]["stage"]


def test_people_s_preferences_go_on_from_an_adapter(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    tiny_recipe(Path("r.yaml"), "s", arms={"preferred": {"student": "base", "prefer": {"people": {"path": "x.jsonl"}}}})
    assert main(["train", "r.yaml"]) == 2
    assert "arms.preferred.prefer: it goes on from the arm's own adapter" in capsys.readouterr().err


def test_the_control_has_nothing_to_prefer(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    _recipe("s")
    assert main(["train", "r.yaml", "--set", "arms.preferred.data={original: 1}"]) == 2
    assert "arms.preferred.prefer: it needs one data set whose responses a teacher wrote" in capsys.readouterr().err


def test_a_misspelt_field_is_named(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    _recipe("s", learning_rat=0.01)
    assert main(["train", "r.yaml"]) == 2
    assert "did you mean learning_rate?" in capsys.readouterr().err


def test_without_trl_the_error_comes_before_any_text_is_read(tmp_path: Path, student: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    _recipe(student)
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "trl" else find(name, *rest))
    assert main(["run", "r.yaml"]) == 2
    assert "[prefer]'`" in capsys.readouterr().err
    assert not list(tmp_path.glob("store/corpus/*"))
