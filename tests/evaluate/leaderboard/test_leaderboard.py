"""lm-eval's tasks on an arm give lm-eval's own figures."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.evaluate.leaderboard.settings import LeaderboardSettings
from secondhalf.evaluate.leaderboard.stage import _run_lm_eval, _scores, score_leaderboard
from secondhalf.evaluate.leaderboard.tasks import task_manager
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.weights import load
from secondhalf.rows import Score
from secondhalf.store import Stage
from support.leaderboard_tasks import CHOICE
from support.tiny_student import build


@pytest.mark.extras
@pytest.mark.long
def test_the_figures_are_those_of_lm_evals_own_command(folder: Path, student: Path, capsys) -> None:
    import torch

    settings = f"{{tasks: [small_choice, small_words], folder: {folder}, batch_size: 4}}"
    few = [
        "--set",
        "evaluate.limit=2",
        "--set",
        "evaluate.max_tokens=4",
        "--set",
        "evaluate.others=2",
        "--set",
        "name=lm",
    ]
    assert main(["evaluate", str(student), "--set", f"evaluate.leaderboard={settings}", *few]) == 0
    facts = json.loads(Path("runs/lm/report/facts.json").read_text("utf-8"))
    ours = {one["name"]: one["mean"] for one in facts["arms"][0]["figures"] if one["name"].startswith("leaderboard.")}
    native = torch.bfloat16 if "bfloat16" in str(_dtype()) else torch.float32
    _lm_eval_command(
        f"pretrained={student},dtype={str(native).removeprefix('torch.')}",
        "small_choice,small_words",
        folder,
        alone=False,
    )
    [path] = Path("out").rglob("results_*.json")
    results = json.loads(path.read_text("utf-8"))["results"]
    assert ours == {
        "leaderboard.small_choice_acc": pytest.approx(results["small_choice"]["acc,none"]),
        "leaderboard.small_choice_acc_norm": pytest.approx(results["small_choice"]["acc_norm,none"]),
        "leaderboard.small_words_exact_match": pytest.approx(results["small_words"]["exact_match,none"]),
    }
    assert all(one["contaminated"] == 0 for one in facts["arms"][0]["figures"] if one["name"] in ours)
    capsys.readouterr()
    stages = {path: path.stat().st_mtime_ns for path in Path("store/leaderboard").rglob("*.parquet")}
    assert main(["evaluate", str(student), "--set", f"evaluate.leaderboard={settings}", *few]) == 0
    assert {path: path.stat().st_mtime_ns for path in Path("store/leaderboard").rglob("*.parquet")} == stages


def _dtype() -> object:
    from secondhalf.models.weights.load import weights_dtype

    return weights_dtype()


@pytest.mark.extras
@pytest.mark.usefixtures("folder_alone")
def test_a_group_is_weighted_as_lm_eval_does(folder: Path, student: Path) -> None:
    few = [{"question": f"Is {n} odd?", "choices": ["the", "no", "x"], "answer": n % 2} for n in range(5)]
    (folder.parent / "few.jsonl").write_text("".join(json.dumps(row) + "\n" for row in few), "utf-8")
    task = CHOICE.replace("small_choice", "small_few").replace("choice.jsonl", "few.jsonl").format(folder=folder.parent)
    (folder / "few.yaml").write_text(task, "utf-8")
    group = "group: small_group\ntask: [small_choice, small_few]\naggregate_metric_list: [{metric: acc, weight_by_size: true}]\n"
    (folder / "group.yaml").write_text(group, "utf-8")
    task_manager.cache_clear()
    stage = Stage(folder.parent / "stage")
    stage.path.mkdir()
    model = StudentModel(student)
    model.use(None)
    ours = score_leaderboard(
        model, LeaderboardSettings(tasks=["small_group"], folder=str(folder)), stage, "leaderboard"
    )["lm_eval"]
    kind = str(_dtype()).removeprefix("torch.")
    _lm_eval_command(f"pretrained={student},dtype={kind}", "small_group", folder)
    [path] = Path("out").rglob("results_*.json")
    theirs = json.loads(path.read_text("utf-8"))["results"]
    assert ours["small_group:acc,none"] == pytest.approx(theirs["small_group"]["acc,none"])
    both = [theirs[name]["acc,none"] for name in ("small_choice", "small_few")]
    assert theirs["small_group"]["acc,none"] == pytest.approx((12 * both[0] + 5 * both[1]) / 17)


@pytest.mark.extras
@pytest.mark.usefixtures("folder_alone")
def test_a_group_in_a_group_has_its_figure(folder: Path, student: Path) -> None:
    """As leaderboard_gpqa in `leaderboard`: the second board's score rests on it."""
    weighted = "aggregate_metric_list: [{metric: acc, weight_by_size: true}]\n"
    (folder / "inner.yaml").write_text(f"group: small_inner\ntask: [small_choice]\n{weighted}", "utf-8")
    (folder / "outer.yaml").write_text(f"group: small_outer\ntask: [small_inner]\n{weighted}", "utf-8")
    task_manager.cache_clear()
    stage = Stage(folder.parent / "stage")
    stage.path.mkdir()
    model = StudentModel(student)
    summary = score_leaderboard(
        model, LeaderboardSettings(tasks=["small_outer"], folder=str(folder)), stage, "leaderboard"
    )
    raw = summary["lm_eval"]
    assert raw["small_inner:acc,none"] == raw["small_choice:acc,none"]
    assert (summary["above_guessing"], summary["first_board"]) == ({}, {})


def test_each_way_to_read_an_answer_has_its_figure() -> None:
    def sample(way: str, value: float) -> dict[str, object]:
        return {"doc_id": 0, "filter": way, "metrics": ["exact_match"], "exact_match": value}

    two = [sample("strict-match", 0.0), sample("flexible-extract", 1.0)]
    assert _scores({"samples": {"gsm8k": two, "one": [sample("none", 1.0)]}}) == [
        Score("gsm8k/0", "leaderboard.gsm8k_exact_match_flexible_extract", 1.0),
        Score("gsm8k/0", "leaderboard.gsm8k_exact_match_strict_match", 0.0),
        Score("one/0", "leaderboard.one_exact_match", 1.0),
    ]


@pytest.mark.extras
@pytest.mark.usefixtures("folder_alone")
@pytest.mark.parametrize("adapted", [False, True])
def test_answers_are_those_of_lm_evals_command(
    adapted: bool, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A student with settings of its own and several end tokens; in float32, where an adapter's sums are equal to the bit."""
    import torch

    whole = build(tmp_path / "own", repetition_penalty=1.3, eos_token_id=[1, 31, 33])
    adapter = _adapter(whole, tmp_path / "adapter") if adapted else None
    monkeypatch.setattr(load, "weights_dtype", lambda precision="auto": torch.float32)
    model = StudentModel(whole)
    model.use(adapter)
    before = model.model.generation_config
    result = _run_lm_eval(model, "small_words", None, LeaderboardSettings(folder=str(folder), batch_size=4))
    ours = {one["doc_id"]: one["resps"][0][0] for one in result["samples"]["small_words"]}
    assert model.model.generation_config is before
    more = f",peft={adapter}" if adapter else ""
    _lm_eval_command(f"pretrained={whole},dtype=float32{more}", "small_words", folder)
    [path] = Path("out").rglob("samples_small_words_*")
    theirs = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert ours == {one["doc_id"]: one["resps"][0][0] for one in theirs}


ALONE = """
from functools import partial
import lm_eval.tasks
lm_eval.tasks.TaskManager = partial(lm_eval.tasks.TaskManager, include_defaults=False)
from lm_eval.__main__ import cli_evaluate
cli_evaluate()
"""


def _lm_eval_command(model: str, tasks: str, folder: Path, alone: bool = True) -> None:
    """Its own command, which writes into out/. `alone`: without the index of the thousands of tasks that it brings."""
    command = [
        sys.executable, *(["-c", ALONE] if alone else ["-m", "lm_eval"]), "run", "--model", "hf", "--device", "cpu", "--batch_size", "4",
        "--model_args", model, "--tasks", tasks, "--include_path", str(folder), "--output_path", "out", "--log_samples",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)


def _adapter(whole: Path, folder: Path) -> Path:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(whole, dtype=torch.float32)
    model = get_peft_model(base, LoraConfig(r=4, target_modules=["q_proj", "v_proj", "o_proj"], task_type="CAUSAL_LM"))
    torch.manual_seed(1)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.3)
    model.save_pretrained(folder)
    return folder
