"""What a student or its pairs may lack, as users meet it: one clear sentence, exit code 2; or it simply works."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from secondhalf.cli import main
from support.recipes import tiny_recipe

CHANGES = {
    "corpus": {"sample": 30},
    "pilot": {"pairs": 0},
    "data": {"original": None},
    "train": {"checkpoint_steps": None, "seeds": None, "held_out": 0, "max_length": None},
    "arms": {"untouched": None, "original": None, "taught": {"compare_to": None}},
    "evaluate": {"limit": 2, "others": 1},
}


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Runs a command over the recipe with a student, in a folder of its own; gives the exit code and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(name: str, student: Path, *settings: str) -> tuple[int, str]:
        tiny_recipe(Path("r.yaml"), student, **CHANGES)
        code = main([name, "r.yaml", *(word for setting in settings for word in ("--set", setting))])
        error = capsys.readouterr().err
        assert "Traceback" not in error
        return code, error.strip().splitlines()[-1] if error.strip() else ""

    return run


def without(student: Path, folder: Path, **config: Any) -> Path:
    """The student with other values in its tokenizer's config; None takes a key away."""
    shutil.copytree(student, folder)
    path = folder / "tokenizer_config.json"
    whole = {**json.loads(path.read_text("utf-8")), **config}
    path.write_text(json.dumps({key: value for key, value in whole.items() if value is not None}), "utf-8")
    return folder


def with_context(student: Path, folder: Path, tokens: int) -> Path:
    """The student with a context of so many tokens."""
    shutil.copytree(student, folder)
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "max_position_embeddings": tokens}), "utf-8")
    return folder


def taught(folder: Path) -> bool:
    return any((folder / "store").glob("teach/*"))


def test_a_student_without_an_end_token_is_named_before_anything_is_taught(command, student: Path, tmp_path: Path):
    code, error = command("run", without(student, tmp_path / "s", eos_token=None))
    assert code == 2
    assert "no end token" in error
    assert "eos_token" in error
    assert not taught(tmp_path)


def test_a_student_without_a_chat_template_is_named_before_anything_is_taught(command, student: Path, tmp_path: Path):
    code, error = command("run", student, "train.template=tokenizer")
    assert code == 2
    assert "no chat template: set train.template to plain" in error
    assert not taught(tmp_path)


def test_a_template_after_which_nothing_ends_is_named_before_anything_is_taught(command, student: Path, tmp_path: Path):
    (tmp_path / "endless.jinja").write_text("{{ bos }}Q: {{ prompt }}\nA: {{ response }}")
    code, error = command("run", student, "train.template=endless.jinja")
    assert code == 2
    assert "endless.jinja writes nothing after the response" in error
    assert not taught(tmp_path)


def test_a_student_without_a_fast_tokenizer_is_named(command, student: Path, tmp_path: Path):
    shutil.copytree(student, tmp_path / "s")
    (tmp_path / "s" / "tokenizer.json").unlink()
    code, error = command("run", tmp_path / "s")
    assert code == 2
    assert "tokenizer" in error
    assert not taught(tmp_path)


def test_a_student_without_a_pad_token_is_trained_and_answers(command, student: Path, tmp_path: Path):
    code, _ = command("evaluate", without(student, tmp_path / "s", pad_token=None))
    assert code == 0


def test_pairs_longer_than_max_length_are_rejects_and_a_sentence_when_none_is_left(
    command, student: Path, tmp_path: Path
):
    code, error = command("train", student, "train.max_length=16")
    assert code == 2
    assert "train taught seed 1: none of" in error
    assert "longer than train.max_length" in error
    assert "raise train.max_length" in error


def test_pairs_longer_than_the_students_context_are_rejects(command, student: Path, tmp_path: Path):
    code, error = command("train", with_context(student, tmp_path / "s", 24))
    assert code == 2
    assert "longer than the student's context of 24" in error


def test_a_prompt_and_answer_longer_than_the_context_are_named(command, student: Path, tmp_path: Path):
    code, error = command("evaluate", with_context(student, tmp_path / "s", 300), "evaluate.max_tokens=300")
    assert code == 2
    assert "pass the student's context of 300" in error
    assert "lower max_tokens" in error


def test_when_the_audit_refuses_all_the_error_says_so(command, student: Path):
    code, error = command("train", student, "audit.min_words=5000")
    assert code == 2
    assert "audit taught refused all of its 15 rows: 15 empty or nearly empty reply (audit.min_words)" in error
    assert "secondhalf show tiny audit" in error


def test_pairs_without_a_response_are_refused_by_the_audit(command, student: Path, tmp_path: Path, capsys):
    assert command("teach", student)[0] == 0
    [stage] = [path.parent for path in (tmp_path / "store" / "teach").glob("*/manifest.json")]
    import pyarrow.parquet as pq

    ids = [
        name for part in sorted(stage.glob("part-*.parquet")) for name in pq.read_table(part).column("id").to_pylist()
    ]
    (tmp_path / "empty.jsonl").write_text("".join(json.dumps({"id": name, "response": " "}) + "\n" for name in ids))
    code, error = command("train", student, "teach.model=replay:empty.jsonl", "name=empty")
    assert code == 2
    assert "audit taught refused all of its 15 rows: 15 empty or nearly empty reply (audit.min_words)" in error
    assert main(["show", "empty", "audit"]) == 0
    assert "empty" in capsys.readouterr().out
