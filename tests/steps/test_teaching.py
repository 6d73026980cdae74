"""Several teachers, drafts, and replies chosen by the student, as a user's recipe meets them."""

import json
from collections import Counter
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.models.engines.dummy import Dummy
from secondhalf.models.request import Request
from secondhalf.store import Stage
from secondhalf.teach.teachers import assign_teacher
from support.recipes import tiny_recipe

TWO = {
    "model": None,
    "teachers": {"long": {"model": "dummy", "share": 3}, "short": {"model": "dummy", "sampling": {"max_tokens": 9}}},
}
ONE_SET = {"taught": {}, "original": None}
NO_PILOT = {"pairs": 0}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _stage(label: str, name: str = "tiny") -> Stage:
    return Stage(Path("store", json.loads(Path("runs", name, "stages.json").read_text())[label]["stage"]))


class _Counting:
    """Counts the dummy's replies by request, and may stop the run after some."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.requests: Counter[str] = Counter()
        self.stop_after = 10**9
        generate = Dummy.generate

        def counted(dummy: Dummy, request: Request):
            if sum(self.requests.values()) >= self.stop_after:
                raise KeyboardInterrupt
            self.requests[request.key("")] += 1
            return generate(dummy, request)

        monkeypatch.setattr(Dummy, "generate", counted)


def test_two_teachers_share_a_data_set_and_more_documents_move_none(tmp_path: Path):
    recipe = tiny_recipe(tmp_path / "r.yaml", teach=TWO, data=ONE_SET, pilot=NO_PILOT)
    assert main(["audit", str(recipe)]) == 0
    stage = _stage("teach:taught")
    rows = stage.read().to_pylist()
    assert all(row["teacher"] == assign_teacher(row["document"], {"long": 3.0, "short": 1.0}) for row in rows)
    assert {max(row["response_tokens"] for row in rows if row["teacher"] == name) for name in ("long", "short")} == {
        20,
        9,
    }
    manifest = stage.manifest
    assert set(manifest["inputs"]) == {"pairs", "model long", "model short"}
    assert {name: account["calls"] for name, account in manifest["paid"].items()} == {
        f"teacher {name}": count for name, count in Counter(row["teacher"] for row in rows).items()
    }
    assert main(["teach", str(recipe), "--set", "corpus.sample=110", "--set", "name=more"]) == 0
    more = {row["document"]: row["teacher"] for row in _stage("teach:taught", "more").read().to_pylist()}
    assert len(more) > len(rows)
    assert all(more[row["document"]] == row["teacher"] for row in rows if row["document"] in more)


def test_a_run_that_is_stopped_asks_no_teacher_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    drafting = {**TWO, "draft": {"model": "dummy"}}
    drafting["teachers"] = {
        **TWO["teachers"],
        "short": {"model": "dummy", "ask": "draft", "sampling": {"max_tokens": 9}},
    }
    recipe = tiny_recipe(tmp_path / "r.yaml", teach=drafting, data=ONE_SET, pilot=NO_PILOT)
    counting = _Counting(monkeypatch)
    counting.stop_after = 25
    assert main(["teach", str(recipe)]) == 130
    assert not _links_teach()
    counting.stop_after = 10**9
    assert main(["teach", str(recipe)]) == 0
    stage = _stage("teach:taught")
    rows, drafts = stage.read(), stage.read("drafts")
    assert set(counting.requests.values()) == {1}
    assert len(counting.requests) == rows.num_rows + drafts.num_rows == stage.manifest["model_calls"]
    assert stage.manifest["paid"]["draft"]["calls"] == drafts.num_rows > 0
    assert sum(account["calls"] for account in stage.manifest["paid"].values()) == stage.manifest["model_calls"]
    by_id = {row["id"]: row for row in rows.to_pylist()}
    assert {by_id[row]["teacher"] for row in drafts.column("id").to_pylist()} == {"short"}


def _links_teach() -> bool:
    return "teach:taught" in json.loads(Path("runs/tiny/stages.json").read_text())


def test_a_budget_counts_all_of_a_data_sets_models(tmp_path: Path, capsys):
    teach = {**TWO, "budget": {"tokens": 600}}
    recipe = tiny_recipe(tmp_path / "r.yaml", teach=teach, data=ONE_SET, pilot=NO_PILOT)
    assert main(["teach", str(recipe)]) == 2
    assert "600 tokens are gone" in capsys.readouterr().err
    assert main(["teach", str(recipe), "--set", "teach.budget.tokens=100000"]) == 0
    (long, short) = json.loads(_dry_run(recipe, capsys))["estimates"]
    assert (long["part"], short["part"]) == ("teacher long", "teacher short")
    assert (
        long["calls"] + short["calls"] == long["from_journal"] + short["from_journal"] == _stage("teach:taught").rows()
    )


def _dry_run(recipe: Path, capsys) -> str:
    capsys.readouterr()
    assert main(["teach", str(recipe), "--dry-run", "--json", "--set", "name=dry"]) == 0
    return capsys.readouterr().out


def test_a_student_of_the_recipe_drafts(tmp_path: Path, student: Path, capsys):
    draft = {"model": "base", "sampling": {"max_tokens": 6}, "mend_text": "{text}\n{draft}"}
    teach = {"ask": "draft", "draft": draft}
    changes = {"teach": teach, "pilot": NO_PILOT, "corpus": {"sample": 12}, "students": {"base": str(student)}}
    recipe = tiny_recipe(tmp_path / "r.yaml", data=ONE_SET, **changes)
    assert main(["teach", str(recipe)]) == 0
    stage = _stage("teach:taught")
    assert stage.rows("drafts") == stage.rows() + stage.rows("rejects") > 3
    assert all(0 < row["response_tokens"] <= 6 for row in stage.read("drafts").to_pylist())
    assert stage.manifest["inputs"]["draft"].startswith("plain:transformers:")
    first, teacher = json.loads(_dry_run(recipe, capsys))["estimates"]
    assert (first["part"], first["calls"], first["from_journal"]) == (
        "draft",
        stage.rows("drafts"),
        stage.rows("drafts"),
    )
    assert teacher["from_journal"] == teacher["calls"] == stage.rows()


def test_the_student_chooses_and_its_identity_and_template_decide(tmp_path: Path, student: Path, capsys):
    changes = {"pilot": NO_PILOT, "corpus": {"sample": 12}, "students": {"base": str(student)}}
    teach = {"replies": 3, "choose": "student"}
    recipe = tiny_recipe(tmp_path / "r.yaml", teach=teach, data=ONE_SET, **changes)
    assert main(["teach", str(recipe)]) == 0
    stage = _stage("teach:taught")
    assert set(stage.manifest["inputs"]) == {"pairs", "model", "student", "template"}
    scores = {row["id"]: row["value"] for row in stage.read("scores").to_pylist()}
    candidates = stage.read("candidates").to_pylist()
    assert len(scores) == len(candidates) == 3 * stage.rows() > 9
    for row in stage.read().to_pylist():
        own = [one for one in candidates if one["id"] == row["id"]]
        chosen = max(own, key=lambda one: (one["finish"] == "stop", scores[f"{row['id']}#{one['number']}"]))
        assert chosen["response"] == row["response"]
        assert chosen["chosen"]
    # One reply alone is not chosen from, so no student decides.
    assert main(["teach", str(recipe), "--set", "teach.replies=1", "--set", "name=one"]) == 0
    assert set(_stage("teach:taught", "one").manifest["inputs"]) == {"pairs", "model"}
    capsys.readouterr()
    alone = tiny_recipe(tmp_path / "alone.yaml", name="alone", teach=teach, data=ONE_SET)
    assert main(["teach", str(alone)]) == 2
    assert "data.taught.teach.student: choose: student needs one; there are none" in capsys.readouterr().err


def test_a_data_set_that_names_its_model_takes_no_teachers_from_the_top(tmp_path: Path):
    recipe = tiny_recipe(tmp_path / "r.yaml", teach=TWO, data={"other": {"teach": {"model": "dummy"}}}, pilot=NO_PILOT)
    assert main(["audit", str(recipe)]) == 0
    assert set(_stage("teach:other").read().column("teacher").to_pylist()) == {"dummy"}
    assert set(_stage("teach:original").read().column("teacher").to_pylist()) == {"original"}
    assert main(["audit", str(recipe)]) == 0  # the resolved recipe is the same recipe
