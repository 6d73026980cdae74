"""Every arm in one run, in seconds: the dummy teacher, a tiny student, and as its instruct sibling the merged `instructed` arm."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from secondhalf.cli import main
from secondhalf.recipe import load_recipe
from support.recipes import tiny_recipe
from support.runs import links

DATA = {
    "raw": {"audit": {"refuse": False}},
    "mine": {"instructions": {"path": "mine.jsonl", "licence": "CC0-1.0"}},
    "magpie": {"magpie": {"model": "dummy", "pairs": 24, "answer": {"max_tokens": 20}}},
}
ARMS = {
    "taught": {"train": {"seeds": [1, 2]}},
    "shuffled": {"student": "base", "data": {"taught": 1}, "pairing": "shuffled"},
    "responses_only": {"student": "base", "data": {"taught": 1}, "pairing": "none"},
    "unaudited": {"student": "base", "data": {"raw": 1}, "equal_tokens": "taught"},
    "instructed": {"student": "base", "data": {"mine": 1}},
    "magpie": {"student": "base", "data": {"magpie": 1}},
    "instruct": {"student": "instruct"},
    "tuned": {"student": "instruct", "data": {"taught": 1}},
    "mixed": {"student": "instruct", "data": {"taught": 0.8, "mine": 0.2}},
    "then": {"student": "instruct", "data": {"taught": 0.8, "mine": 0.2}, "schedule": "then"},
    "transferred": {"student": "instruct", "adapter_from": "taught"},
    "half": {"student": "base", "adapter_from": "taught", "scale": 0.5},
    "sharpened": {"student": "base", "temperature": "fitted"},
    "whole": {"student": "base", "data": {"raw": 1}, "train": {"method": "full"}},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, student: Path):
    """Where all arms were run."""
    root = tmp_path_factory.mktemp("arms")
    rows = [
        {
            "instruction": f"Name {n} things that float.",
            "input": "",
            "output": f"A cork, {n} boats and the miller's hat.",
        }
        for n in range(12)
    ]
    (root / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        tiny_recipe(
            root / "every.yaml",
            student,
            name="every",
            corpus={"sample": 50},
            data=DATA,
            students={"instruct": "arm:instructed"},
            train={"tokens_per_step": 2048, "checkpoint_steps": None, "seeds": None},
            arms=ARMS,
            evaluate={"limit": 4, "max_tokens": 4, "others": 1},
        )
        assert main(["run", "every.yaml"]) == 0
    return root


@pytest.fixture
def facts(folder: Path):
    return json.loads((folder / "runs/every/report/facts.json").read_text("utf-8"))


def _manifest(folder: Path, label: str):
    stage = links(folder / "runs/every")[label]
    return json.loads((folder / "store" / stage / "manifest.json").read_text("utf-8"))


def test_every_arm_is_in_the_report_with_its_role(facts):
    roles = {arm["name"]: arm["role"] for arm in facts["arms"]}
    assert roles == {
        "untouched": "untouched", "original": "control", "taught": "taught", "shuffled": "shuffled",
        "responses_only": "responses_only", "unaudited": "unaudited", "instructed": "instructed", "magpie": "magpie",
        "instruct": "untouched", "tuned": "taught", "mixed": "mixed", "then": "mixed", "transferred": "transferred",
        "half": "scaled", "sharpened": "sharpened", "whole": "unaudited",
    }  # fmt: skip
    assert all(arm["figures"] for arm in facts["arms"])


def test_an_arm_that_was_trained_whole_has_no_divergence_of_zero(facts):
    measured = {arm["name"]: {figure["name"] for figure in arm["probes"]} for arm in facts["arms"]}
    assert "divergence" in measured["taught"]
    assert "divergence" not in measured["whole"]
    assert "entropy" in measured["whole"]


def test_the_first_comparison_is_the_method_against_its_control(facts):
    first = facts["comparisons"][0]
    assert (first["arm"], first["against"], first["figure"]) == ("taught", "original", "relevance")
    against: dict[str, set[str]] = {}
    for row in facts["comparisons"]:
        against.setdefault(row["arm"], set()).add(row["against"])
    assert against["shuffled"] == against["responses_only"] == against["unaudited"] == {"untouched", "taught"}
    assert against["transferred"] == against["tuned"] == against["mixed"] == {"instruct"}
    assert against["instructed"] == against["magpie"] == against["half"] == {"untouched"}


def test_in_is_out_and_rejected_everywhere(folder: Path, facts):
    for step in facts["funnel"]:
        assert step["rows_in"] == step["rows_out"] + sum(reason["count"] for reason in step["rejects"]), step
    for label in links(folder / "runs/every"):
        manifest = _manifest(folder, label)
        if label.partition(":")[0] in {"teach", "audit", "compose", "train"}:
            assert manifest["rows_in"] == manifest["rows"] + manifest["rejected"], label


def test_arms_share_what_they_can(folder: Path):
    stages = links(folder / "runs/every")
    assert stages["teach:taught"] == stages["teach:raw"]
    assert stages["compose:shuffled"] != stages["compose:responses_only"]
    assert _manifest(folder, "train:transferred:2")["inputs"]["adapter"] == stages["train:taught:2"][-16:]
    assert _manifest(folder, "train:tuned:1")["inputs"]["pairs"] == _manifest(folder, "audit:taught")["rows_identity"]


def test_equal_tokens_are_equal(folder: Path, student: Path):
    from transformers import AutoTokenizer

    taught, raw = (_manifest(folder, f"train:{name}:1")["supervised_tokens"] for name in ("taught", "unaudited"))
    whole = _manifest(folder, "audit:raw")["rows"]
    assert _manifest(folder, "train:unaudited:1")["rows_in"] < whole
    tokenizer = AutoTokenizer.from_pretrained(student)
    parts = sorted((folder / "store" / links(folder / "runs/every")["audit:raw"]).glob("part-*.parquet"))
    responses = [text for part in parts for text in pq.read_table(part).column("response").to_pylist()]
    assert abs(taught - raw) <= max(len(tokenizer.tokenize(text)) + 1 for text in responses)  # one pair's, and its end


def test_shuffling_changes_nothing_but_the_pairing(folder: Path):
    taught, shuffled, alone = (
        _manifest(folder, f"train:{name}:1") for name in ("taught", "shuffled", "responses_only")
    )
    assert taught["supervised_tokens"] == shuffled["supervised_tokens"] == alone["supervised_tokens"]
    assert taught["rows"] == shuffled["rows"] == alone["rows"]
    assert taught["loss"] != shuffled["loss"]
    assert alone["tokens"] < taught["tokens"]


def test_an_arm_at_half_its_strength_was_not_trained_and_is_probed(folder: Path, facts):
    alpha = [
        json.loads(
            (
                folder / "store" / links(folder / "runs/every")[f"train:{name}:1"] / "adapter/adapter_config.json"
            ).read_text("utf-8")
        )["lora_alpha"]
        for name in ("taught", "half")
    ]
    assert alpha[1] == alpha[0] / 2
    assert {probe["arm"] for probe in facts["overfitting"]} >= {"taught", "half"}


def test_a_sharpened_arm_gives_the_untouched_ones_answers_and_other_likelihoods(folder: Path, facts):
    assert 0.4 <= _manifest(folder, "temperature:sharpened")["temperature"] <= 2
    figures = {
        arm["name"]: {figure["name"]: figure["mean"] for figure in [*arm["figures"], *arm["probes"]]}
        for arm in facts["arms"]
    }
    untouched, sharpened = figures["untouched"], figures["sharpened"]
    assert untouched["constraints"] == sharpened["constraints"]
    assert untouched["entropy"] != sharpened["entropy"]


def test_a_mixture_and_a_sequence_have_the_same_pairs(folder: Path):
    mixed, then = (_manifest(folder, f"train:{name}:1") for name in ("mixed", "then"))
    assert (mixed["rows"], mixed["supervised_tokens"]) == (then["rows"], then["supervised_tokens"])
    assert mixed["loss"] != then["loss"]


def test_show_chat_and_doctor_know_the_new_kinds(folder: Path, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    assert main(["show", "every", "teach"]) == 0
    assert "user turn" in capsys.readouterr().out
    assert main(["doctor", "every.yaml"]) == 0
    printed = capsys.readouterr().out
    assert "1 files of instruction data" in printed or "1 file" in printed
    assert "model of magpie" in printed
    monkeypatch.setattr("sys.stdin", (folder / "questions").open("w+"))
    (folder / "questions").write_text("What is a river?\n")
    assert main(["chat", "every", "--arm", "transferred", "--max-tokens", "5"]) == 0
    assert main(["teach", "every.yaml", "--dry-run"]) == 0


def test_run_again_makes_nothing_again(folder: Path, monkeypatch):
    monkeypatch.chdir(folder)
    kinds = {".parquet", ".safetensors", ".jsonl"}
    before = {path: path.stat().st_mtime_ns for path in Path("store").rglob("*") if path.suffix in kinds}
    assert main(["run", "every.yaml"]) == 0
    assert before == {path: path.stat().st_mtime_ns for path in Path("store").rglob("*") if path.suffix in kinds}
    assert load_recipe(Path("runs/every/recipe.yaml")) == load_recipe(Path("every.yaml"))
