"""The nearest right name, in both cases of letters; a list where none is near."""

import pytest

from secondhalf.text.nearest import hint, nearest

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
