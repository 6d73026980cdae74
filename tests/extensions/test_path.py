"""How a user's function is written in a recipe."""

import pytest

from secondhalf.extensions.path import check_name, check_path, dotted, is_path


@pytest.mark.parametrize("path", ["mine:cut", "my.package.rules:cut", "規則:分割"])
def test_a_module_and_a_function(path: str) -> None:
    assert is_path(path)
    assert check_path(path) == check_name(path, ("words",)) == path
    assert ":" not in dotted(path)


@pytest.mark.parametrize(
    "path", ["mine", ":cut", "mine:", "mine.py:cut()", "a/b:cut", "a:b:c", "a:b.c", "..a:b", "my mod:f"]
)
def test_anything_else_is_none(path: str) -> None:
    with pytest.raises(ValueError, match="write my_module:function"):
        check_path(path)


def test_a_built_in_name_or_a_path() -> None:
    assert check_name("words", ("words", "tokens")) == "words"
    with pytest.raises(ValueError, match="write one of words, tokens, or my_module:function"):
        check_name("pages", ("words", "tokens"))
    with pytest.raises(ValueError, match="write my_module:function"):
        check_name("mine:", ("words",))
