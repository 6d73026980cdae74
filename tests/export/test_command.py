"""An arm out of a tiny run in every form: loaded by other programs, answering alike; and what must not happen."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("peft")
pytest.importorskip("xllamacpp")

from secondhalf.arms.scale import scale_in_place
from secondhalf.cli import main
from secondhalf.export import command, parity
from secondhalf.export.markdown import escaped
from secondhalf.export.modelfile import go_template, modelfile_text
from secondhalf.models.engines.llama_cpp import LlamaCppTeacher
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.request import Request, Sampling
from secondhalf.models.weights.load import load_tokenizer
from secondhalf.runs import Run
from secondhalf.runs.trained import TrainedArm, trained_arm
from secondhalf.store import Stage, Store
from support.certificates import in_folder
from support.recipes import tiny_recipe

ARMS = {
    "whole": {"student": "base", "data": {"taught": 1}, "train": {"method": "full", "seeds": [1]}},
    "carried": {"student": "sibling", "adapter_from": "taught", "train": {"seeds": [1]}},
}
JAPANESE = "川の水はどこへ流れますか。"


@pytest.fixture(scope="module")
def run(student: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with store/ and runs/tiny/."""
    folder = tmp_path_factory.mktemp("export")
    recipe = tiny_recipe(
        folder / "r.yaml",
        student,
        students={"sibling": "arm:whole"},
        # So strong that half of the adapter is another model (test_an_adapter_merged_at_half_strength_fails_parity).
        train={"seeds": [1], "alpha": 64, "learning_rate": 0.02},
        arms=ARMS,
        notices=["Use it <b>well</b> | 使い方に注意"],
    )
    folders = ["--store", str(folder / "store"), "--runs", str(folder / "runs")]
    assert main(["run", str(recipe), "--set", "probes.pairs=0", "--set", "probes.documents=0", *folders]) == 0
    return folder


def exported(run: Path, out: Path, arm: str = "taught", form: str = "all", *more: str) -> int:
    folders = ["--store", str(run / "store"), "--runs", str(run / "runs"), "--out", str(out)]
    return main(["export", "tiny", "--arm", arm, "--as", form, *folders, *more])


@pytest.fixture(scope="module")
def out(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out") / "all"
    assert exported(run, folder) == 0
    return folder


def test_every_form_is_there_and_was_checked(out: Path) -> None:
    record = json.loads((out / "export.json").read_text("utf-8"))
    assert {check["form"] for check in record["parity"]} == {"adapter", "merged", "gguf f16"}
    assert all(check["passed"] and check["prompt_ids_equal"] == check["prompts"] for check in record["parity"])
    for name, file_hash in record["files"].items():
        assert (out / name).is_file(), name
        assert len(file_hash) == 64
    assert not list(out.rglob("*.bin"))
    assert not list(out.rglob("*.pt"))


def test_an_export_is_certified_with_its_run(run: Path, out: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(out, model)
    assert in_folder(tmp_path, "keys", "make", "--name", "Hana") == 0
    for name in ("store", "runs"):
        (tmp_path / name).symlink_to(run / name)
    assert in_folder(tmp_path, "certify", "tiny", "--model", str(model)) == 0
    certificate = str(model / "certificate.json")
    assert in_folder(tmp_path, "verify", certificate, "--model", str(model)) == 0
    assert in_folder(tmp_path, "verify", certificate) == 0
    [weights] = model.glob("*.gguf")
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    assert in_folder(tmp_path, "verify", certificate, "--model", str(model)) == 1


def test_others_load_it_and_see_our_token_ids(run: Path, out: Path, student: Path) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    trained = trained_arm(Run.at(run / "runs" / "tiny", Store(run / "store")), "taught")
    local = StudentModel(student)
    expected = trained.template.encode_prompt(local.tokenizer, JAPANESE)
    turns = [{"role": "user", "content": JAPANESE}]
    for folder in (out / "merged", out / "adapter"):
        tokenizer = load_tokenizer(folder)
        text = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        assert tokenizer(text, add_special_tokens=False).input_ids == expected
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(student), out / "adapter")
    assert any("lora_A" in name for name, _ in model.named_parameters())
    engine = LlamaCppTeacher(next(out.glob("*.gguf")), "x", slots=1)
    try:
        assert engine.chat_ids(JAPANESE) == expected
        assert engine.generate(Request("r", (("user", JAPANESE),), Sampling(max_tokens=4))).response_tokens > 0
    finally:
        engine.close()


def test_the_modelfile_says_our_token_ids(run: Path, out: Path) -> None:
    trained = trained_arm(Run.at(run / "runs" / "tiny", Store(run / "store")), "taught")
    tokenizer = load_tokenizer(out / "merged")
    # A small stand-in for Go's templates: nothing of ours but its four expressions.
    text = go_template(trained, tokenizer)
    text = re.sub(r"{{ if \.System }}.*?{{ end }}", "", text, flags=re.DOTALL)
    text = text.partition("{{ .Response }}")[0].replace("{{ .Prompt }}", JAPANESE).replace('{{ "{{" }}', "{{")
    begin = [tokenizer.bos_token_id] if tokenizer.bos_token_id is not None else []
    ids = begin + tokenizer(text, add_special_tokens=False).input_ids
    assert ids == trained.template.encode_prompt(tokenizer, JAPANESE)
    text = modelfile_text(trained, tokenizer, "m.gguf")
    ending = replace(
        trained, run=replace(trained.run, recipe=trained.recipe.model_copy(update={"notices": ['He said "so"']}))
    )
    assert modelfile_text(ending, tokenizer, "m.gguf").rstrip().endswith('He said \'so\'"""')
    assert text.startswith("FROM ./m.gguf\n")
    assert f'PARAMETER stop "{tokenizer.eos_token}"' in text


def test_the_card_has_figures_and_limits_and_no_foreign_markup(out: Path) -> None:
    card = (out / "README.md").read_text("utf-8")
    assert card.startswith("---\n")
    assert "<b>" not in card
    assert "使い方に注意" in card
    assert "Python" in card or "pydoc" in card
    assert escaped("a <b> | [x](y) # `z`") not in {"a <b> | [x](y) # `z`"}


@pytest.mark.parametrize("arm", ["whole", "carried"])
def test_other_kinds_of_arm_go_out_too(run: Path, tmp_path: Path, arm: str) -> None:
    assert exported(run, tmp_path / "x", arm, "merged") == 0
    assert (tmp_path / "x" / "merged" / "config.json").is_file()


def test_an_arm_trained_whole_has_no_adapter(run: Path, tmp_path: Path, capsys: Any) -> None:
    assert exported(run, tmp_path / "x", "whole", "adapter") == 2
    assert "--as merged" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_and_no_half_is_left(
    run: Path, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").mkdir()
    assert exported(run, tmp_path / "taken") == 2
    assert "overwrites nothing" in capsys.readouterr().err

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device", "model.safetensors")

    monkeypatch.setattr(command, "write_merged", full)
    assert exported(run, tmp_path / "x") == 2
    assert "No space left" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    assert exported(run, tmp_path / "x") == 2
    assert "MB of disk" in capsys.readouterr().err


def test_another_model_fails_parity(run: Path, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # The student without its training stands for an export that lost it.
    write = command.write_merged
    monkeypatch.setattr(command, "write_merged", lambda arm, out: write(replace(arm, adapter=None, model=None), out))
    monkeypatch.setattr(parity, "CLOSE", 0.0)
    assert exported(run, tmp_path / "x", "whole", "merged") == 1
    assert "PARITY FAILS" in capsys.readouterr().out


def test_an_adapter_merged_at_half_strength_fails_parity(
    run: Path, out: Path, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    [merged] = [
        check for check in json.loads((out / "export.json").read_text("utf-8"))["parity"] if check["form"] == "merged"
    ]
    assert merged["training_changed"] > 10 * parity.CLOSE
    assert merged["mean_difference"] < parity.CLOSE
    write = command.write_merged

    def halved(arm: TrainedArm, folder: Path) -> None:
        half = Stage(tmp_path / "half")
        shutil.copytree(arm.adapter, half.path / "adapter")
        scale_in_place(half, 0.5)
        write(replace(arm, adapter=half.path / "adapter"), folder)

    monkeypatch.setattr(command, "write_merged", halved)
    assert exported(run, tmp_path / "x", "taught", "merged") == 1
    assert "PARITY FAILS" in capsys.readouterr().out


def test_an_arm_that_is_not_there_is_an_error(run: Path, tmp_path: Path, capsys: Any) -> None:
    for arm, message in (("nobody", "has no arm nobody"), ("untouched", "no trained arm untouched")):
        assert exported(run, tmp_path / "x", arm) == 2
        assert message in capsys.readouterr().err
