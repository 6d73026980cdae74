"""The pages that are made from the code are those of the code, and leave nothing out."""

import argparse
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from secondhalf.cli import main
from secondhalf.commands.arguments.parser import parser
from support import ROOT

PAGES = ("commands.md", "recipe.md", "figures.md")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of pages as the code writes them now."""
    folder = tmp_path_factory.mktemp("pages")
    subprocess.run([sys.executable, ROOT / "tools/reference", folder], check=True)
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_the_codes(page: str, written: Path) -> None:
    assert (ROOT / "docs" / page).read_text("utf-8") == (written / page).read_text("utf-8"), (
        "python tools/reference writes it anew"
    )


def test_every_command_and_option_has_its_line(written: Path) -> None:
    text = (written / "commands.md").read_text("utf-8")
    [below] = [action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)]
    for name, sub in below.choices.items():
        section = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        options = {option for action in sub._actions for option in action.option_strings if option.startswith("--")}
        assert not {option for option in options if option not in section} - {"--help", "--store", "--runs", "--json"}


def test_every_field_that_init_writes_has_its_line(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--full", "my.yaml"]) == 0
    recipe = YAML(typ="safe").load(Path("my.yaml"))
    fields = set(re.findall(r"^- \*\*`([^`]+)`\*\*", (written / "recipe.md").read_text("utf-8"), re.MULTILINE))
    sections = set(re.findall(r"^#+ (\S+)$", (written / "recipe.md").read_text("utf-8"), re.MULTILINE))

    def missing(path: str, value: object) -> list[str]:
        if path in fields or path.startswith(("data", "arms", "students", "train.template")):
            return []
        if not {path, f"{path}.NAME", f"{path}[]"} & sections:
            return [path]
        if not isinstance(value, dict):
            return []
        return [name for key, inner in value.items() for name in missing(f"{path}.{key}", inner)]

    assert [name for key, value in recipe.items() for name in missing(key, value)] == []


def test_every_field_is_documented(written: Path) -> None:
    lines = (written / "recipe.md").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("- **") and line.rstrip().endswith(":")] == []
