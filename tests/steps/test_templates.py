"""A student's own chat template: today's date is fixed once, and one of several without a default is told before anything."""

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from secondhalf.api import find_run
from secondhalf.cli import main
from secondhalf.export.tokenizer import save_tokenizer
from secondhalf.runs.trained import trained_arm
from secondhalf.steps import templates
from support import ROOT
from support.recipes import tiny_recipe
from support.runs import links

DATED = (ROOT / "tests" / "models" / "chat" / "dated.jinja").read_text("utf-8")
SEVERAL = [{"name": "rag", "template": "x"}, {"name": "tool_use", "template": "y"}]
SMALL: dict[str, Any] = {
    "corpus": {"sample": 20},
    "pilot": {"pairs": 0},
    "data": {"original": None},
    "train": {"template": "tokenizer", "seeds": None, "held_out": 0, "checkpoint_steps": None},
    "arms": {"original": None, "taught": {"compare_to": None}},
    "evaluate": {"limit": 2, "others": 0, "minimal_pairs": 0, "primary": "stops"},
    "probes": {"pairs": 0, "documents": 0},
}


class Later(datetime):
    """Another day."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return datetime(2031, 5, 6, 7, 8, 9)


@pytest.fixture
def own(student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the student, in whose folder the test runs."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(student, tmp_path / "own")
    return tmp_path / "own"


def test_the_date_is_fixed_once_in_the_run(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (own / "chat_template.jinja").write_text(DATED, "utf-8")
    tiny_recipe(Path("r.yaml"), own, **SMALL)
    today = datetime.now().strftime("%d %b %Y")
    assert main(["train", "r.yaml"]) == 0
    made = links(Path("runs/tiny"))
    template = find_run("tiny").recipe.arms["taught"].train.template
    assert template.name == "tokenizer"
    assert template.text.endswith(DATED)
    assert find_run("tiny").recipe.train.template == template

    # Another day: the run goes on as it was begun, another run of the store shares its stages, and an export says the same.
    monkeypatch.setattr(templates, "datetime", Later)
    assert main(["train", "r.yaml"]) == 0
    assert links(Path("runs/tiny")) == made
    assert find_run("tiny").recipe.arms["taught"].train.template == template
    assert main(["train", "r.yaml", "--set", "name=second"]) == 0
    assert links(Path("runs/second")) == made
    exported = save_tokenizer(trained_arm(find_run("tiny"), "taught"), tmp_path / "out")
    rendered = str(exported.apply_chat_template([{"role": "user", "content": "a"}], tokenize=False))
    assert f"Today Date: {today}" in rendered
    assert main(["train", "r.yaml", "--set", "name=third", "--store", "other"]) == 0
    assert "06" in find_run("third", store="other").recipe.arms["taught"].train.template.text


def test_a_template_without_a_date_stays_out_of_the_recipe(own: Path) -> None:
    (own / "chat_template.jinja").write_text(DATED.replace("strftime_now", "no_such_function"), "utf-8")
    tiny_recipe(Path("r.yaml"), own, **SMALL)
    assert main(["train", "r.yaml"]) == 0
    assert find_run("tiny").recipe.arms["taught"].train.template.text == ""
    assert not Path("store/template_dates.json").exists()


@pytest.mark.parametrize("kept", ["{}", "[]", "{", '{"a": 1}'])
def test_a_damaged_file_of_dates_is_made_anew(kept: str, tmp_path: Path) -> None:
    from secondhalf.store import Store

    (tmp_path / "template_dates.json").write_text(kept)
    moment = templates._moment(Store(tmp_path), "a template")
    assert templates._moment(Store(tmp_path), "a template") == moment
    assert moment.date() == datetime.now().date()


@pytest.mark.parametrize("trained", [True, False])
def test_several_templates_without_a_default_are_told_by_doctor_first(
    own: Path, trained: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    (own / "chat_template.jinja").unlink(missing_ok=True)
    config = json.loads((own / "tokenizer_config.json").read_text("utf-8"))
    (own / "tokenizer_config.json").write_text(json.dumps({**config, "chat_template": SEVERAL}))
    tiny_recipe(Path("r.yaml"), own, **SMALL if trained else {**SMALL, "arms": {"original": None, "taught": None}})
    sentence = "The student's tokenizer has several chat templates (rag, tool_use) and none that is named default"
    assert main(["doctor", "r.yaml"]) == 2
    assert sentence in capsys.readouterr().out
    assert main(["run", "r.yaml"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"secondhalf: {sentence}")
    assert error.count("\n") == 1
    assert not Path("store/teach").exists()
