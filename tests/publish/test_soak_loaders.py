"""The card's lines in LLaMA-Factory, axolotl and Unsloth themselves, each in an environment of its own: `make soak`."""

import json
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from secondhalf.api import find_run
from secondhalf.cli import main
from secondhalf.publish.chosen import ChosenPairs, choose_pairs
from secondhalf.publish.write import write_data_set
from secondhalf.rows import Pair
from support import ROOT
from support.hub_server import Hub
from support.paired_run import paired_run, some_pairs
from support.recipes import tiny_recipe
from support.tiny_student import build

READERS = Path(__file__).parent / "loaders"
# Turns that end as those of chat models do, in the token with which a text ends too.
TEMPLATE = (
    "{% for m in messages %}<start_of_turn>{{ m.role }}\n{{ m.content }}<eos>\n{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>assistant\n{% endif %}"
)
BEFORE, BETWEEN = "<start_of_turn>user\n", "<eos>\n<start_of_turn>assistant\n"
FRAMES = {
    "LLaMA-Factory": ("Human: ", "<eos>\nAssistant:"),  # of its template `default`
    "Unsloth": (BEFORE, BETWEEN),
    "axolotl": (BEFORE, BETWEEN),
}
ALPACA = (
    "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
    "### Instruction:\n",
    "\n\n### Response:\n",
)
FORMS = {
    "LLaMA-Factory": ("messages", "sharegpt", "alpaca", "parquet"),
    "Unsloth": ("messages", "sharegpt", "alpaca"),
    "axolotl": ("messages", "sharegpt", "alpaca"),
}
HOSTILE = "{x} {{y}} %s <image> \\n $(z)"


def _student(folder: Path) -> Path:
    student = build(folder)
    (student / "chat_template.jinja").write_text(TEMPLATE, "utf-8")
    return student


def _pairs() -> list[Pair]:
    """Pairs with characters that formats are made of, with blanks at their ends, and one that a limit cut."""
    pairs = [*some_pairs(10), *some_pairs(12, "length")[10:]]
    return [*pairs[:4], replace(pairs[4], prompt=f"{HOSTILE} ", response=HOSTILE), *pairs[5:]]


def _lines(trainer: str, card: str, folder: Path, name: str) -> Path:
    [lines] = re.findall(rf"### {trainer}\n\n```\w+\n(.*?)```", card, re.DOTALL)
    path = folder / f"{name}.lines"
    path.write_text(lines, "utf-8")
    return path


def _rows(trainer: str, lines: list[Path], folder: Path) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """For each file of lines its splits: the text of each row, and the part of it that is taught, as the trainer itself has them.

    One process has all of them, since to import a trainer takes longest.
    """
    name = trainer.lower().replace("-", "_")
    python = ROOT / ".loaders" / name / "bin" / "python"
    assert python.exists(), f"{python} does not exist: `make soak` builds it"
    command = [python, READERS / f"{name}_rows.py", _student(folder / "student"), folder / "trained", *lines]
    quiet = {
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_XET": "1",
        "AXOLOTL_DO_NOT_TRACK": "1",
        "HF_HOME": str(folder / "cache"),
    }
    ours = {one: value for one, value in os.environ.items() if one != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, cwd=folder, env=ours | quiet
    )
    assert done.returncode == 0, done.stderr[-3000:]
    made = json.loads(done.stdout.splitlines()[-1])
    return {
        Path(file).stem: {split: [(text, taught) for text, taught in rows] for split, rows in splits.items()}
        for file, splits in made.items()
    }


def _expected(chosen: ChosenPairs, trainer: str, form: str) -> dict[str, list[tuple[str, str]]]:
    before, between = ALPACA if (trainer, form) == ("axolotl", "alpaca") else FRAMES[trainer]
    splits: dict[str, list[tuple[str, str]]] = {"train": [], "validation": []}
    for pair in chosen.pairs:
        texts = (pair.prompt, pair.response)
        if form != "parquet":  # which alone has blanks at the ends, and pairs that were cut
            texts = (pair.prompt.strip(), pair.response.strip())
        if form == "parquet" or pair.finish == "stop":
            splits[chosen.split(pair)].append((before + texts[0] + between, texts[1]))
    return splits


def _compare(rows: dict[str, list[tuple[str, str]]], expected: dict[str, list[tuple[str, str]]]) -> None:
    assert all(expected.values())
    assert rows.keys() == expected.keys()
    for split, pairs in expected.items():
        found = []
        for text, taught in rows[split]:
            before, _, after = text.rpartition(taught)
            # What the template and TRL put behind the end is not taught.
            assert after in {"", "\n", "<eos>", "\n<eos>"}
            found.append((before.removeprefix("<bos>"), taught.rstrip("\n")))
        assert sorted(found) == sorted((before, f"{response}<eos>") for before, response in pairs)


@pytest.mark.soak
@pytest.mark.parametrize("trainer", FORMS)
def test_a_trainer_has_our_pairs_and_teaches_the_responses(
    trainer: str, tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data sets in another trainer, by the card's lines: its own loader has every pair in its split, the prompt masked, the response
    and its end taught; every form from a folder, and from a hub what `secondhalf data` put there of a run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_TOKEN", "hf_good")
    chosen = choose_pairs(paired_run(tmp_path / "made", {"audit:taught": _pairs()}, train={"held_out": 0.3}))
    lines, expected = [], {}
    for form in FORMS[trainer]:
        write_data_set(chosen, form, tmp_path / form)
        lines.append(_lines(trainer, (tmp_path / form / "README.md").read_text("utf-8"), tmp_path, form))
        expected[form] = _expected(chosen, trainer, form)
    tiny_recipe(Path("tiny.yaml"), train={"held_out": 0.3})
    assert main(["audit", "tiny.yaml"]) == 0
    assert main(["data", "tiny", "--data", "taught", "--as", "messages", "--out", "hf:me/pairs"]) == 0
    files = hub.repositories["dataset", "me/pairs"]
    card = files.commits[files.branches["main"]]["README.md"].decode()
    lines.append(_lines(trainer, card, tmp_path, "hub"))
    expected["hub"] = _expected(choose_pairs(find_run("tiny"), data="taught"), trainer, "messages")
    rows = _rows(trainer, lines, tmp_path)
    assert rows.keys() == expected.keys()
    for name, splits in expected.items():
        _compare(rows[name], splits)
