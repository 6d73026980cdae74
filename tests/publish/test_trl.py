"""Every form loads in TRL as the card says: the card's own lines are run, and the trainer's tokens are those of the texts."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from secondhalf.publish.chosen import choose_pairs
from secondhalf.publish.forms import FORMS
from secondhalf.publish.write import write_data_set
from support.paired_run import paired_run, some_pairs

PAIRS = some_pairs(8)
TEMPLATE = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"


@pytest.fixture(scope="module")
def chat_student(tmp_path_factory: pytest.TempPathFactory, student: Path) -> Path:
    """The tiny student with a chat template."""
    folder = tmp_path_factory.mktemp("chat") / "student"
    shutil.copytree(student, folder)
    (folder / "chat_template.jinja").write_text(TEMPLATE, "utf-8")
    return folder


@pytest.mark.parametrize("form", FORMS)
def test_the_card_s_lines_make_a_trainer(
    tmp_path: Path, chat_student: Path, form: str, monkeypatch: pytest.MonkeyPatch
):
    pytest.importorskip("trl")
    import datasets
    import huggingface_hub.constants

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_DISABLE_TELEMETRY", True)
    run = paired_run(tmp_path, {"audit:taught": PAIRS}, train={"held_out": 0.3})
    chosen = choose_pairs(run)
    write_data_set(chosen, form, tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    lines = re.findall(r"### TRL\n\n```python\n(.*?)```", card, re.DOTALL)[0].replace("ORG/MODEL", str(chat_student))
    here = f'output_dir="{tmp_path}/trl", use_cpu=True, report_to=[], max_steps=1, per_device_train_batch_size=2'
    names: dict[str, Any] = {}
    exec(lines.replace('output_dir="trained"', here), names)
    trainer = names["trainer"]
    expected = {
        split: [
            f"<user>{pair.prompt.strip()}<assistant>{pair.response.strip()}"
            for pair in PAIRS
            if chosen.split(pair) == split
        ]
        for split in ("train", "validation")
    }
    for split, rows in (("train", trainer.train_dataset), ("validation", trainer.eval_dataset)):
        texts = [trainer.processing_class.decode(row["input_ids"]) for row in rows]
        assert [text.replace("<bos>", "").replace("<eos>", "") for text in texts] == expected[split]
    row = trainer.train_dataset[0]  # the loss is on the response alone
    answer = [token for token, part in zip(row["input_ids"], row["labels"], strict=True) if part != -100]
    assert expected["train"][0].endswith(f"<assistant>{trainer.processing_class.decode(answer).replace('<eos>', '')}")
    if form == "prompt-completion":
        assert trainer.train().global_step == 1
