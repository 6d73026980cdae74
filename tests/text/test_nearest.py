"""The nearest right name, in both cases of letters; a list where none is near."""

from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.text.nearest import hint, nearest, nearest_file
from secondhalf.text.yaml_text import read_small_file

COMMANDS = ["run", "show", "chat", "export", "evaluate", "doctor"]


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("rum", COMMANDS, "run"),
        ("Doctor", COMMANDS, "doctor"),
        ("eval", COMMANDS, "evaluate"),
        ("txt", ["pydoc", "text", "html"], "text"),
        ("lr", ["learning_rate", "rank", "warmup"], "learning_rate"),
        ("taugt", ["taught", "original"], "taught"),
        ("日本後", ["日本語", "英語"], "日本語"),
        ("zzz", COMMANDS, ""),
        ("", COMMANDS, ""),
    ],
)
def test_the_nearest_name(name: str, known: list[str], near: str):
    assert nearest(name, known) == near
    assert hint(name, known) == (f"; did you mean {near}?" if near else f"; there are {', '.join(known)}.")


def test_a_long_list_is_cut_and_none_is_said():
    assert hint("~", []) == "; there are none."
    assert hint("~", [f"name{n:02d}" for n in range(30)]).endswith("name19 and 10 more.")


def test_the_nearest_file(tmp_path: Path):
    (tmp_path / "my.yaml").touch()
    (tmp_path / "old.log").touch()
    assert nearest_file(str(tmp_path / "none.yaml")) == ""  # that both end in .yaml makes them not alike
    assert nearest_file(str(tmp_path / "old.yaml")) == ""
    assert nearest_file(str(tmp_path / "my")) == str(tmp_path / "my.yaml")
    assert (
        nearest_file(str(tmp_path / "other"))
        == nearest_file(str(tmp_path / "none" / "my"))
        == nearest_file("a\0")
        == ""
    )
    with pytest.raises(UserError, match=r"my.yml does not exist; did you mean .*my\.yaml\?"):
        read_small_file(tmp_path / "my.yml", "name a recipe")
