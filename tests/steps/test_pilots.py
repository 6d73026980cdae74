"""Teachers ranked on the same halves before the rest is paid for."""

import json
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.models.engines.dummy import Dummy
from secondhalf.store import Stage
from support.recipes import tiny_recipe

TWO = {
    "model": None,
    "teachers": {"long": {"model": "dummy"}, "short": {"model": "dummy", "sampling": {"max_tokens": 6}}},
}
LIMITS = {"pairs": 8, "max_rejected": 1}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _json(capsys, *arguments: str) -> dict:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def _stages() -> dict[str, Stage]:
    links = json.loads(Path("runs/tiny/stages.json").read_text())
    return {label: Stage(Path("store", row["stage"])) for label, row in links.items()}


def test_the_pilot_alone_ranks_teachers_and_what_it_paid_is_not_paid_again(tmp_path: Path, student: Path, capsys):
    recipe = tiny_recipe(
        tmp_path / "r.yaml", teach=TWO, pilot=LIMITS, data={"original": None}, students={"base": str(student)}
    )
    ((first, second),) = _json(capsys, "teach", str(recipe), "--pilot")["pilots"]
    assert {first["teacher"], second["teacher"]} == {"long", "short"}
    assert (first["pairs"], second["pairs"]) == (8, 8)
    by_name = {row["teacher"]: row for row in (first, second)}
    # Six words are too few for the audit's five only where they were not finished.
    assert 0 <= by_name["short"]["accepted"] <= by_name["short"]["finished"] <= 1
    assert first["loglikelihood"] > second["loglikelihood"]
    assert second["low"] <= second["difference"] <= second["high"]
    assert not list(Path("store").glob("teach/*"))
    pilot = _stages()["pilot:taught"]
    assert {name: account["calls"] for name, account in pilot.manifest["paid"].items()} == {
        "teacher long": 8, "teacher short": 8,
    }  # fmt: skip

    assert main(["teach", str(recipe)]) == 0
    assert "The pilot's teachers, the best fit first:" in capsys.readouterr().err
    taught = _stages()["teach:taught"]
    paid = sum(account["calls"] for account in taught.manifest["paid"].values())
    assert paid == taught.rows() + taught.rows("rejects") - 8
    shown = _json(capsys, "show", "tiny")
    assert shown["pilots"] == [[first, second]]
    assert main(["show", "tiny"]) == 0
    assert "best minus this [95 %]" in capsys.readouterr().out


def test_data_sets_of_one_split_are_ranked_and_those_with_one_teacher_are_not(tmp_path: Path, capsys):
    other = {"teach": {"sampling": {"max_tokens": 6}}}
    recipe = tiny_recipe(tmp_path / "r.yaml", pilot=LIMITS, data={"brief": other, "raw": {"audit": {"refuse": False}}})
    assert main(["teach", str(recipe)]) == 0
    assert {label for label in _stages() if label.startswith("pilot")} == {"pilot:taught", "pilot:brief"}
    assert "brief" in capsys.readouterr().err
    # Nothing is left to decide: a run that is taught makes no pilot any more.
    assert main(["audit", str(recipe), "--set", "pilot.pairs=9"]) == 0
    assert _stages()["pilot:taught"].manifest["rows_in"] == 8
    one = tiny_recipe(
        tmp_path / "one.yaml", name="one", pilot=LIMITS, data={"cut": {"split": {"max_prompt_words": 15}}}
    )
    assert main(["teach", str(one)]) == 0
    assert not [label for label in json.loads(Path("runs/one/stages.json").read_text()) if label.startswith("pilot")]


def test_a_limit_stops_after_the_ranking_and_before_the_rest(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch):
    requests = []
    generate = Dummy.generate
    monkeypatch.setattr(Dummy, "generate", lambda dummy, request: requests.append(request) or generate(dummy, request))
    limits = {"pairs": 8, "max_unfinished": 0.01}
    recipe = tiny_recipe(tmp_path / "r.yaml", teach=TWO, pilot=limits, data={"original": None})
    assert main(["teach", str(recipe)]) == 2
    error = capsys.readouterr().err
    assert error.index("the best fit first") < error.index("past pilot.max_unfinished = 0.01")
    assert len(requests) == 16
    assert main(["teach", str(recipe), "--set", "pilot.max_unfinished=1"]) == 0


def test_the_pilots_money_counts_towards_the_budget(tmp_path: Path, capsys):
    teach = {**TWO, "budget": {"tokens": 1400}}
    recipe = tiny_recipe(tmp_path / "r.yaml", teach=teach, pilot=LIMITS, data={"original": None})
    assert main(["teach", str(recipe), "--pilot"]) == 0
    spent = sum(
        account["prompt_tokens"] + account["response_tokens"]
        for account in _stages()["pilot:taught"].manifest["paid"].values()
    )
    assert 0 < spent < 1400
    assert main(["teach", str(recipe)]) == 2
    assert "1,400 tokens are gone" in capsys.readouterr().err
    (partial,) = Path("store").glob("teach/*/spent.json")
    account = json.loads(partial.read_text())["spent"].values()
    assert (
        sum(one["prompt_tokens"] + one["response_tokens"] for one in account) <= 1400 - spent + 4 * 60
    )  # what was in flight


def test_a_student_that_cannot_be_had_leaves_the_ranking_to_the_audit(tmp_path: Path, capsys):
    students = {"students": {"base": "nowhere/student"}}
    recipe = tiny_recipe(tmp_path / "r.yaml", teach=TWO, pilot=LIMITS, data={"original": None}, **students)
    (rows,) = _json(capsys, "teach", str(recipe), "--pilot")["pilots"]
    assert [row["loglikelihood"] for row in rows] == [None, None]
    assert rows[0]["accepted"] >= rows[1]["accepted"]
    assert main(["teach", str(recipe)]) == 0
    assert "ranked without likelihoods: There is no model at nowhere/student" in capsys.readouterr().err
