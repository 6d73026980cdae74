"""The command from a run to an open port, and to its end; most seconds go into the run, which trains an arm."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("starlette")

import secondhalf
from secondhalf.cli import main
from secondhalf.commands.serve import read_settings
from secondhalf.errors import UserError
from secondhalf.serve.kept.database import ServeDatabase
from support.recipes import tiny_recipe
from support.review_runs import made_pairs, made_run


@pytest.fixture(scope="module")
def folder(student: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run that was evaluated: one trained arm beside the untouched one."""
    folder = tmp_path_factory.mktemp("served")
    arms: dict[str, Any] = {"original": None, "taught": {"compare_to": ["untouched"]}}
    recipe = tiny_recipe(
        folder / "tiny.yaml",
        student,
        train={"seeds": [1], "learning_rate": 0.05, "epochs": 3},
        arms=arms,
        probes={"replies": 0},
    )
    secondhalf.run(secondhalf.load(recipe), until="evaluate", runs=folder / "runs", store=folder / "store")
    return folder


def _command(folder: Path, *arguments: str) -> list[str]:
    return ["serve", "tiny", "--runs", str(folder / "runs"), "--store", str(folder / "store"), "--json", *arguments]


def test_an_arm_is_served_until_it_is_told_to_stop(folder: Path):
    command = [sys.executable, "-m", "secondhalf", *_command(folder, "--arm", "taught", "--port", "0")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    ) as process:
        assert process.stdout is not None
        try:
            opened = json.loads(process.stdout.readline())
            assert opened["models"] == ["tiny", "tiny:taught"]
            body = json.dumps({"model": "tiny", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 4})
            request = urllib.request.Request(f"{opened['address']}/chat/completions", body.encode())
            with urllib.request.urlopen(request, timeout=60) as answer:
                assert json.loads(answer.read())["model"] == "tiny:taught"
            process.send_signal(signal.SIGTERM)
            _, messages = process.communicate(timeout=60)
        finally:
            process.kill()  # else a failure would wait for it
    assert process.returncode == 0, messages
    assert "The arm taught answers as in its run: 100 %" in messages


def test_another_adapter_is_refused_at_the_start(folder: Path, capsys: pytest.CaptureFixture[str]):
    from secondhalf.api import find_run
    from secondhalf.runs import Label

    run = find_run("tiny", runs=folder / "runs", store=folder / "store")
    stage = run.stage(Label("train", arm="taught", seed=1))
    config = stage.path / "adapter" / "adapter_config.json"
    whole = config.read_text("utf-8")
    config.write_text(whole.replace('"r": 4', '"r": 8'), "utf-8")
    try:
        assert main(_command(folder, "--arm", "taught", "--port", "0")) == 2
    finally:
        config.write_text(whole, "utf-8")
    assert "adapter" in capsys.readouterr().err


def test_another_engine_is_held_to_the_arm_s_own_words(folder: Path, tmp_path: Path):
    """The export of the arm is served, the untouched student's is refused: it would be served as the arm."""
    pytest.importorskip("xllamacpp")
    from secondhalf.api import find_run
    from secondhalf.runs.trained import trained_arm
    from secondhalf.serve.check_arm import check_arm
    from secondhalf.serve.load import EngineChoice, load_arms
    from secondhalf.serve.settings import ServeSettings
    from support.student_gguf import student_gguf

    run = find_run("tiny", runs=folder / "runs", store=folder / "store")
    export = ["export", "tiny", "--runs", str(folder / "runs"), "--store", str(folder / "store"), "--json"]
    assert main([*export, "--arm", "taught", "--as", "gguf", "--out", str(tmp_path / "out")]) == 0
    trained = trained_arm(run, "taught")
    student_gguf(trained.base, trained.template, tmp_path / "base.gguf")
    settings = ServeSettings.model_validate({"engines": {"slots": 2, "context": 256}})

    async def share(gguf: Path) -> float:
        arms = load_arms(run, {"taught": 1.0}, None, settings, EngineChoice(gguf={"taught": str(gguf)}))
        arm = arms.arms["taught"]
        try:
            return await check_arm("taught", arm.engine, arm.expected)
        finally:
            await arm.engine.close()

    assert asyncio.run(share(next((tmp_path / "out").glob("*.gguf")))) > 0.5
    with pytest.raises(UserError, match="otherwise than in its run"):
        asyncio.run(share(tmp_path / "base.gguf"))


def test_where_an_arm_is_answered_is_named_by_arm(folder: Path, capsys: pytest.CaptureFixture[str]):
    both = ["--arm", "taught", "--arm", "original=0.5"]
    for arguments, message in (
        ([*both, "--upstream", "http://127.0.0.1:1/v1"], "ARM=..., with ARM one of taught, original"),
        ([*both, "--gguf", "other=x.gguf"], "ARM=..., with ARM one of taught, original"),
        (["--arm", "taught", "--upstream", "ftp://x"], "is no address"),
        (["--arm", "taught", "--gguf", "none.gguf"], "there is no such file"),
        (["--arm", "taught", "--upstream", "http://127.0.0.1:1/v1"], "cannot be reached"),
    ):
        assert main(_command(folder, *arguments, "--port", "0")) == 2
        assert message in capsys.readouterr().err


def test_an_arm_has_to_be_named(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(_command(folder)) == 2
    assert "Name an arm to serve: --arm ARM, one of untouched" in capsys.readouterr().err


def test_keys_are_made_listed_and_revoked(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(_command(folder, "--host", "0.0.0.0", "--arm", "taught")) == 2
    assert "make a key first" in capsys.readouterr().err
    assert main(_command(folder, "--make-key", "ann", "--requests-per-minute", "5")) == 0
    assert json.loads(capsys.readouterr().out)["key"].startswith("sk-")
    assert main(_command(folder, "--make-key", "ann")) == 2
    assert main(_command(folder, "--revoke-key", "ann")) == 0
    capsys.readouterr()
    assert main(_command(folder, "--list-keys")) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert (row["name"], row["requests_per_minute"], bool(row["revoked"])) == ("ann", 5, True)
    assert main(_command(folder, "--forget", "ann")) == 0
    assert json.loads(capsys.readouterr().out) == {"forgotten": 0}


def test_settings_are_read_with_their_lines(tmp_path: Path):
    path = tmp_path / "serve.yaml"
    path.write_text("output:\n  loops: block\nkeep: {what: everything}\n")
    settings = read_settings(path, ["output.personal=flag"])
    assert (settings.output.loops, settings.output.personal, settings.keep.what) == ("block", "flag", "everything")
    path.write_text("output:\n  loop: block\n")
    with pytest.raises(UserError, match=r"serve.yaml:2: there is no field output.loop; did you mean loops"):
        read_settings(path, [])


@pytest.mark.parametrize("words", [["--list-keys"], ["--make-key", "bob"], ["--forget", "x"], ["--revoke-key", "bob"]])
def test_a_damaged_database_is_a_sentence(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run = made_run(tmp_path, made_pairs(2))
    path = run.folder / "serve" / "serve.sqlite"
    ServeDatabase(path).close()
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    path.write_bytes(content)
    where = ["--runs", str(tmp_path / "runs"), "--store", str(tmp_path / "store")]
    assert main(["serve", "made", *words, *where]) == 2
    assert "serve.sqlite cannot be used (" in capsys.readouterr().err
