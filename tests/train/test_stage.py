"""The stage of an arm: what it writes, and what decides it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from secondhalf.models.generation.student import StudentModel  # noqa: E402
from secondhalf.models.reference import resolve  # noqa: E402
from secondhalf.rows import Pair, to_table  # noqa: E402
from secondhalf.store.stage import Stage  # noqa: E402
from secondhalf.train.settings import TrainSettings  # noqa: E402
from secondhalf.train.stage import train_arm  # noqa: E402

SETTINGS = TrainSettings(rank=4, learning_rate=1e-2, epochs=2, tokens_per_step=64, tokens_per_batch=32, max_length=64)


def test_it_writes_an_adapter_that_answers_otherwise(student: Path, tmp_path: Path) -> None:
    texts = ["past the old mill", "to the sea", "under the bridge"]
    pairs = [
        Pair(f"d{n:03d}-a", f"d{n:03d}", "words", "en", "The river runs", " on.", texts[n % 3], "dummy", "stop")
        for n in range(12)
    ]
    pairs.append(Pair("d999-a", "d999", "words", "en", "The river runs", " on.", "mill " * 200, "dummy", "stop"))
    out = Stage(tmp_path / "train" / "key")
    out.path.mkdir(parents=True)
    figures = train_arm(to_table(Pair, pairs), resolve(str(student)), SETTINGS, 1, out, "test")
    assert figures["rows_in"] == 13
    assert figures["rows"] + figures["rejected"] == 13
    assert out.read("rejects").column("id").to_pylist() == ["d999-a"]
    lines = (out.path / "log.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == figures["steps"]
    assert json.loads(lines[-1])["loss"] == figures["loss"]
    names = {path.name for path in (out.path / "adapter").iterdir()}
    assert names == {"adapter_config.json", "adapter_model.safetensors"}
    assert not (out.path / "checkpoints").exists()
    modules = json.loads((out.path / "adapter" / "adapter_config.json").read_text("utf-8"))["target_modules"]
    assert modules == sorted(modules)  # equal work gives equal bytes
    assert len(modules) > 7
    local = StudentModel(student)
    encoded: Any = [([2, 40], [50, 51])]
    before = local.loglikelihood(encoded)
    local.use(out.path / "adapter")
    assert local.loglikelihood(encoded) != before


def test_the_adapter_does_not_name_the_students_folder(student: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(student, tmp_path / "elsewhere")
    pairs = to_table(Pair, [Pair("d-a", "d", "words", "en", "The river", " on.", "runs", "dummy", "stop")])
    contents = []
    for number, folder in enumerate((student, moved)):
        out = Stage(tmp_path / str(number))
        out.path.mkdir()
        model = resolve(str(folder))
        train_arm(pairs, type(model)("hf:some/student", folder, model.identity), SETTINGS, 1, out, "test")
        contents.append([path.read_bytes() for path in sorted((out.path / "adapter").iterdir())])
    assert contents[0] == contents[1]
    assert str(student).encode() not in contents[0][0]


def test_where_and_how_fast_decide_nothing() -> None:
    defaults = TrainSettings().deciding("train")
    faster = TrainSettings(processes=4, gradient_checkpointing="on", checkpoint_steps=3)
    assert faster.deciding("train") == defaults
    changes: list[dict[str, Any]] = [{"method": "dora"}, {"dropout": 0.1}, {"precision": "float32"}]
    for change in changes:
        assert TrainSettings(**change).deciding("train") != defaults
