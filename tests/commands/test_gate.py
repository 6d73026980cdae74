"""`secondhalf gate` over a run: exit codes, the page, the file that is kept, and what is wrong with a policy or a run."""

import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("torch")

from secondhalf.analysis.flat.hashes import hash_of_facts, hash_of_run
from secondhalf.analysis.results import Results
from secondhalf.api import find_run
from secondhalf.cli import main
from support.policies import policy_file
from support.recipes import tiny_recipe

SMALL = ["--set", "probes.pairs=2", "--set", "probes.documents=0", "--set", "train.seeds=[1]"]


@pytest.fixture(scope="module")
def places(student: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A whole run, `tiny`, and one that stopped at its pairs, `half`."""
    folder = tmp_path_factory.mktemp("gate")
    recipe = tiny_recipe(folder / "r.yaml", student)
    where = ["--store", str(folder / "store"), "--runs", str(folder / "runs")]
    assert main(["probe", str(recipe), *SMALL, *where]) == 0
    assert main(["audit", str(recipe), *SMALL, "--set", "name=half", *where]) == 0
    return where


def _gate(places: list[str], policy: Path | str, *more: str) -> int:
    return main(["gate", "tiny", "--policy", str(policy), *more, *places])


def test_passed_is_0_and_not_passed_is_1(places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = policy_file(
        tmp_path / "kept.yaml",
        "figure: pairs, at_least: 1\nfigure: contamination, at_most: 0\nfigure: seeds, at_least: 3, severity: should",
    )
    assert _gate(places, kept) == 0
    assert "Passed: tiny · kept" in capsys.readouterr().out
    assert _gate(places, policy_file(tmp_path / "over.yaml", "figure: pairs, at_least: 100000")) == 1
    assert "Not passed: tiny · over" in capsys.readouterr().out
    assert _gate(places, "production", "--language", "ja") == 1
    assert "不合格：tiny · production" in capsys.readouterr().out


def test_programs_are_told_all_of_it(places: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert _gate(places, "first_trial", "--json") == 1
    data = json.loads(capsys.readouterr().out)
    rows = {row["figure"]: row for row in data["limits"]}
    assert (data["run"], data["policy"], data["passed"]) == ("tiny", "first_trial", False)
    # The tiny recipe names relevance as primary, which moves although nothing was learned.
    assert (rows["gain"]["mark"], rows["gain"]["why"], rows["gain"]["severity"]) == ("no", "moves", "should")
    assert "sharpness" in rows["gain"]["moves_with"]
    share = rows["instruction_share"]
    assert share["mark"] == ("yes" if share["high"] <= 0.05 else "no")
    assert 0 <= share["low"] <= share["value"] <= share["high"]
    assert (rows["forgetting"]["mark"], rows["forgetting"]["why"]) == ("unmeasured", "probes")
    assert rows["contamination"]["mark"] == "yes"
    where = {name.removeprefix("--"): place for name, place in zip(places[::2], places[1::2], strict=True)}
    results = Results(find_run("tiny", **where))
    assert data["hashes"]["run"] == hash_of_run(results.tables)
    assert data["hashes"]["facts"] == hash_of_facts(results.facts)


def test_a_decision_is_kept_where_it_is_wanted(
    places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = Path(places[places.index("--runs") + 1])
    page, policy = tmp_path / "page.html", policy_file(tmp_path / "ours.yaml", "figure: pairs, at_least: 1")
    assert _gate(places, policy, "--out", str(page)) == 0
    assert "<h1>Gate: ours</h1>" in page.read_text("utf-8")
    assert not (runs / "tiny/gate").exists()
    assert _gate(places, policy, "--out", str(page), "--language", "ja") == 0  # a page of before is replaced
    assert "<h1>Gate: ours</h1>" not in page.read_text("utf-8")
    before = policy.read_text("utf-8")
    assert _gate(places, policy, "--out", str(policy)) == 2  # nothing else is
    assert policy.read_text("utf-8") == before
    capsys.readouterr()
    assert _gate(places, policy, "--keep", "--json") == 0
    kept = runs / "tiny/gate/ours.json"
    assert json.loads(kept.read_text("utf-8")) == json.loads(capsys.readouterr().out.splitlines()[-1])
    assert main(["store", "--check", *places]) == 0
    kept.write_text(kept.read_text("utf-8").replace('"passed": true', '"passed": True'), "utf-8")
    assert main(["store", "--check", *places]) == 1
    assert "ours.json is damaged" in capsys.readouterr().out
    assert _gate(places, policy, "--keep") == 0
    assert main(["store", "--check", *places]) == 0
    kept.unlink()
    (runs / "tiny/gate/checksums.txt").unlink()


@pytest.mark.parametrize(
    ("run", "policy", "more", "message"),
    [
        (
            "tiny",
            "figure: gains, at_least: 0",
            [],
            "p.yaml:2: limits.0.figure: there is no figure of that name; did you mean gain?",
        ),
        ("tiny", "figure: pairs, arm: tought, at_least: 1", [], "no arm tought; did you mean taught?"),
        ("nobody", "figure: pairs, at_least: 1", [], "There is no run nobody"),
        ("half", "figure: pairs, at_least: 1", [], "half: untouched, original, taught are not evaluated yet"),
        (
            "tiny",
            "figure: review_agreement, at_least: 0.5",
            ["--database", "none.sqlite"],
            "none.sqlite: there is no such file",
        ),
        ("tiny", "figure: pairs, at_least: 1", ["--out", "no/such/folder/p.html"], "p.html"),
    ],
)
def test_a_faulty_policy_or_run_is_2(
    places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], run: str, policy: str, more: list[str], message: str
) -> None:  # fmt: skip
    path = policy_file(tmp_path / "p.yaml", policy)
    assert main(["gate", run, "--policy", str(path), *more, *places]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert "Traceback" not in err


@pytest.mark.parametrize("gone", ["probe:taught:1", "train:taught:1", "audit:taught", "teach:taught"])
def test_a_run_that_was_stopped_on_its_way_is_a_sentence(
    places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], gone: str
) -> None:
    shutil.copytree(places[places.index("--runs") + 1], tmp_path / "runs")
    links = tmp_path / "runs/tiny/stages.json"
    stages = json.loads(links.read_text("utf-8"))
    del stages[gone]
    links.write_text(json.dumps(stages), "utf-8")
    (tmp_path / "runs/tiny/checksums.txt").unlink()
    policy = policy_file(tmp_path / "p.yaml", "figure: pairs, at_least: 1")
    assert _gate([*places[:2], "--runs", str(tmp_path / "runs")], policy) == 2
    assert f"tiny has not come to {gone} yet: `secondhalf run RECIPE` goes on with it." in capsys.readouterr().err


def test_the_shipped_policies_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gate", "--list"]) == 0
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == ["first_trial", "production"]
    assert main(["gate", "--list", "--json"]) == 0
    policies = json.loads(capsys.readouterr().out)["policies"]
    assert all(Path(policy["path"]).is_file() for policy in policies)
    assert main(["gate", "tiny"]) == 2
    assert "or first_trial, production" in capsys.readouterr().err


def test_agreement_of_reviewers_is_a_figure_where_two_judged_a_pair(
    places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("sqlalchemy")
    from secondhalf.review.database import ReviewDatabase
    from secondhalf.review.log import ReviewDecision, ReviewLog

    policy = policy_file(tmp_path / "agree.yaml", "figure: review_agreement, at_least: 0.667")
    assert _gate(places, policy, "--json") == 1
    assert json.loads(capsys.readouterr().out)["limits"][0]["why"] == "unreviewed"
    address = str(tmp_path / "decisions.sqlite")
    database = ReviewDatabase(address)
    log = ReviewLog(database)
    for number in range(40):
        for reviewer in ("aki", "ben"):
            action = "reject" if number % 2 else "accept"
            item = f"pair:taught:p{number}"
            log.add(ReviewDecision(reviewer, "reviewer", "pair", item, "taught", f"p{number}", action, "seen"))
    database.close()
    assert _gate(places, policy, "--database", address, "--json") == 0
    [row] = json.loads(capsys.readouterr().out)["limits"]
    assert (row["mark"], row["value"], row["low"]) == ("yes", 1.0, 1.0)
