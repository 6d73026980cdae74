"""The lines with which other trainers load a form: those of the documentation, those for a hub, and names that YAML would misread."""

import re

import pytest
from ruamel.yaml import YAML

from secondhalf.publish.forms import FORMS
from secondhalf.publish.loaders import llama_factory_info, loading_lines
from support import ROOT

FILES = {"train": "train.jsonl", "validation": "validation.jsonl"}
SHORT = {"TRL", "LLaMA-Factory", "axolotl", "Unsloth"}


def test_the_documentation_has_the_lines_of_messages() -> None:
    page = (ROOT / "docs" / "export.md").read_text("utf-8")
    written = {tuple(block) for block in re.findall(r"```(python|yaml)\n(.*?)\n```", page, re.DOTALL)}
    lines = loading_lines("messages", "my_taught", "pairs", FILES)
    assert {lines[trainer] for trainer in SHORT} == written


def test_the_documentation_names_who_reads_which_form() -> None:
    page = (ROOT / "docs" / "export.md").read_text("utf-8")
    trainers = ["TRL", "LLaMA-Factory", "axolotl", "Unsloth"]
    table = {
        form: {trainer for trainer, cell in zip(trainers, cells.split(" | "), strict=True) if cell.startswith("yes")}
        for form, cells in re.findall(r"^\| `([\w-]+)` \| (.*) \|$", page, re.MULTILINE)
    }
    assert table == {form: loading_lines(form, "n", "p", FILES).keys() - {"secondhalf"} for form in FORMS}


@pytest.mark.parametrize("form", ["messages", "sharegpt", "alpaca", "parquet"])
def test_from_a_hub_the_description_names_the_data_set_there(form: str) -> None:
    info = llama_factory_info(form, "made_taught", FILES, "me/pairs")
    assert {name: (one["hf_hub_url"], one["split"]) for name, one in info.items()} == {
        "made_taught": ("me/pairs", "train"),
        "made_taught_validation": ("me/pairs", "validation"),
    }
    assert not any("file_name" in one for one in info.values())
    lines = loading_lines(form, "made_taught", "me/pairs", FILES, on_hub=True)
    assert YAML(typ="safe").load(lines["LLaMA-Factory"][1])["dataset_dir"] == "REMOTE:me/pairs"


@pytest.mark.parametrize("name", ["1_2", "no_taught", "社内_taught", 'a"b_c', "a: b_c"])
def test_a_name_stays_a_name(name: str) -> None:
    lines = YAML(typ="safe").load(loading_lines("messages", name, "out: 1", FILES)["LLaMA-Factory"][1])
    assert lines == {"dataset_dir": "out: 1", "dataset": name, "eval_dataset": f"{name}_validation"}


def test_without_a_second_split_nothing_names_one() -> None:
    for _, lines in loading_lines("messages", "n", "p", {"train": "train.jsonl"}).values():
        assert "validation" not in lines
        assert "test_datasets" not in lines
