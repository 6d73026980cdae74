"""The commands as a user meets them: exit codes, sentences, JSON, and a help that answers at once."""

import json
import resource
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.commands.arguments.recipes import STAGES
from secondhalf.store.lock import locked
from support.recipes import tiny_recipe


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tiny_recipe(
        tmp_path / "r.yaml",
        name="try",
        corpus={"sample": 60, "section_words": 200},
        clean={"length": {"min_words": 60}, "gopher_quality": {"min_words": None}},
        split=None,
        teach={"sampling": None},
    )


def test_help_imports_nothing_heavy():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    printed = subprocess.run(
        [sys.executable, "-m", "secondhalf", "--help"], capture_output=True, text=True, check=True
    ).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert all(name in printed for name in [*STAGES, "run", "show", "chat", "store", "init", "doctor"])
    # 0.3 s of CPU is asked for; about 0.05 s is used, so a noisy machine does not fail this.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.3
    loaded = "import sys, secondhalf.cli; sys.exit(any(m in sys.modules for m in ('torch', 'pyarrow', 'pydantic', 'numpy', 'aiohttp')))"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0


@pytest.mark.parametrize("module", ["secondhalf", "secondhalf.cli"])
def test_it_starts_as_a_module(module):
    started = subprocess.run([sys.executable, "-m", module, "--help"], capture_output=True, text=True, check=False)
    assert (started.returncode, started.stderr) == (0, "")
    assert started.stdout.startswith("usage: secondhalf ")


def test_a_stage_command_runs_what_comes_before_it(recipe: Path, capsys):
    assert main(["audit", "r.yaml", "--json"]) == 0
    funnel = json.loads(capsys.readouterr().out)["funnel"]
    stages = ["corpus", "clean", "deduplicate", "split:taught", "teach:taught", "audit:taught"]
    assert [step["stage"] for step in funnel][:6] == stages
    for step in funnel:
        if step["stage"] != "corpus":
            assert step["rows_in"] == step["rows"] + step["rejected"]
            assert step["rejected"] == sum(step["reasons"].values())
    assert main(["show", "try", "clean"]) == 0
    assert "mostly code" in capsys.readouterr().out
    assert main(["store", "--json"]) == 0
    stages = json.loads(capsys.readouterr().out)["stages"]
    assert all(stage["runs"] == ["try"] and stage["state"] == "whole" for stage in stages)


def test_one_document_is_explained(recipe: Path, capsys):
    assert main(["clean", "r.yaml"]) == 0
    capsys.readouterr()
    assert main(["show", "try", "clean", "--json"]) == 0
    output = json.loads(capsys.readouterr().out)
    refused = next(item for item in output["rejects"] if item["reason"] == "mostly code")
    document = next(iter(refused["examples"]))
    assert main(["clean", "r.yaml", "--explain", document[:12]]) == 0
    output = capsys.readouterr().out
    assert "Refused by prose: mostly code: 0." in output
    assert "at most 0.3 allowed (clean.prose.max_code_lines)" in output
    assert main(["clean", "r.yaml", "--explain", document, "--json"]) == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert any(v["reason"].startswith("mostly code: ") for step in steps for v in step["verdicts"])
    assert main(["clean", "r.yaml", "--explain", "zz"]) == 2
    assert "'zz'" in capsys.readouterr().err


def test_a_changed_setting_makes_new_stages_and_shares_the_rest(recipe: Path, capsys):
    assert main(["audit", "r.yaml"]) == 0
    assert main(["audit", "r.yaml", "--set", "name=other", "--set", "audit.min_words=25"]) == 0
    first, second = (json.loads(Path("runs", name, "stages.json").read_text()) for name in ("try", "other"))
    same = {label for label in first if first[label]["stage"] == second[label]["stage"]}
    assert same == {"corpus", "clean", "deduplicate", "split:taught", "teach:taught", "split:original"}
    assert all(second[label]["reused"] for label in same)
    capsys.readouterr()
    assert main(["store", "--prune"]) == 0
    assert "Nothing." in capsys.readouterr().out
    # Started where no runs are, or where the runs are others': nothing goes.
    existing = set(Path("store").rglob("*"))
    assert main(["store", "--prune", "--runs", "nowhere"]) == 2
    assert "--runs" in capsys.readouterr().err
    Path("others").mkdir()
    assert main(["store", "--prune", "--runs", "others"]) == 2
    assert set(Path("store").rglob("*")) == existing


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "none.yaml"], "cannot be read"),
        (["show", "none"], "There is no run none"),
        (["corpus", "r.yaml", "--set", "corpus.reader=text", "--set", "corpus.path=nowhere"], "nowhere does not exist"),
        (["corpus", "r.yaml", "--set", "corpus.sample=0"], "greater than or equal to 1"),
        (["clean", "r.yaml", "--store", "r.yaml"], "r.yaml"),
        (["teach", "r.yaml", "--set", "teach.model=package:no_such_thing/x.gguf"], "not installed"),
        (
            [
                "teach",
                "r.yaml",
                "--set",
                "pilot.pairs=5",
                "--set",
                "pilot.max_rejected=0",
                "--set",
                "audit.min_words=1000",
            ],
            "Stopped after the pilot",
        ),
    ],
)
def test_what_the_user_can_mend_is_one_sentence_and_code_2(recipe: Path, capsys, arguments: list[str], message: str):
    assert main(arguments) == 2
    err = capsys.readouterr().err.strip()
    assert message in err
    assert "Traceback" not in err


def test_a_corrected_recipe_goes_on(recipe: Path, capsys):
    text = ["--set", "corpus.reader=text", "--set"]
    assert main(["clean", "r.yaml", *text, "corpus.path=nowhere"]) == 2
    assert main(["clean", "r.yaml"]) == 0
    assert main(["clean", "r.yaml", "--set", "clean.length.min_words=2000"]) == 2
    error = capsys.readouterr().err
    assert "clean refused all of its 60 rows: " in error
    assert " too short (clean.length)" in error
    assert "`secondhalf show try clean`" in error
    assert main(["show", "try", "clean"]) == 0
    assert main(["clean", "r.yaml", "--set", "clean.length.min_words=80"]) == 0
    assert len(list(Path("runs/try/history").iterdir())) == 2


def test_two_processes_on_one_run(recipe: Path, capsys):
    assert main(["corpus", "r.yaml"]) == 0
    with locked(Path("runs/try/.lock"), "busy"):
        # The lock belongs to the open file, so the same process stands for another one here.
        assert main(["clean", "r.yaml"]) == 2
    assert "Another process works on" in capsys.readouterr().err
    assert main(["clean", "r.yaml"]) == 0


def test_doctor_says_what_is_missing_and_what_it_takes(recipe: Path, capsys):
    assert main(["doctor", "r.yaml", "--json"]) == 0
    findings = {finding["what"]: finding for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert findings["teacher of taught"]["ready"]
    assert {"memory", "disk", "hours", "money"} <= findings.keys()
    assert main(["doctor", "r.yaml", "--set", "teach.model=package:no_such_thing/x.gguf"]) == 2
    capsys.readouterr()
    assert main(["doctor", "r.yaml", "--json", "--set", "evaluate.engine=vllm"]) == (0 if find_spec("vllm") else 2)
    findings = {finding["what"]: finding for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert findings["answers and teachers on a GPU (vllm)"]["ready"] == (find_spec("vllm") is not None)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["rum", "r.yaml"], "there is no 'rum'; did you mean run?"),
        (["run"], "the following arguments are required: recipe."),
        (["run", "r.yaml", "--explian", "x"], "there is no option --explian; there are --"),
        (["clean", "r.yaml", "--explian", "x"], "there is no option --explian; did you mean --explain?"),
        (["run", "r.yaml", "more"], "more: too many words."),
        (["show", "try", "claen"], "there is no 'claen'; did you mean clean?"),
        (["export", "try", "--arm", "taught", "--as", "gguff", "--out", "x"], "did you mean gguf?"),
        (["chat", "try", "--arm", "taught", "--max-tokens", "many"], "'many' is no whole number from 1 on."),
        (["run", "r.yaml", "--set", "train.lr=1"], "there is no field train.lr; did you mean learning_rate?"),
        (["run", "r.yaml", "--set", "corpus.reader=txt"], "(it is 'txt'); did you mean text?"),
        (["run", "r.yaml", "--set", "corpus.raeder=text"], "did you mean reader?"),
        (["run", "r.yaml", "--set", "data.original.teach.like=taugth"], "did you mean taught?"),
        (["run", "r.yaml", "--set", "teach.model"], "write stage.field=value"),
        (["run", "r.yaml", "--set", "seed="], "seed: Input should be a valid integer (it is empty)."),
        (["run", "r.yaml", "--set", "arms={a: {}}"], "arms.a.student: it is missing: write it."),
        (["run", "r.yaml", "--set", "students={b: x}", "--set", "arms={a: {student: bb}}"], "did you mean b?"),
        (["run", "r.yaml", "--set", "students={b: x}", "--set", "arms={a: {student: b}}", "--set",
          "evaluate.primary=relevanc"], "evaluate.primary: no figure is called 'relevanc'; did you mean relevance?"),
        (["show", "tyr"], "There is no run tyr in runs; "),
    ],
)  # fmt: skip
@pytest.mark.parametrize("as_json", [False, True])
def test_every_error_is_a_sentence_with_its_mend(
    recipe: Path, capsys, arguments: list[str], sentence: str, as_json: bool
):
    assert main([*arguments, "--json"] if as_json else arguments) == 2
    out, err = capsys.readouterr()
    assert sentence in err
    if as_json:
        assert json.loads(out).keys() == {"error"}
        assert sentence in json.loads(out)["error"]
    else:
        assert out == ""
