"""Paths in commands that people copy."""

import shlex

import pytest

from secondhalf.text.shell import shell_word


@pytest.mark.parametrize("plain", ["my.yaml", "runs/a-1", "レシピ.yaml", "/tmp/x_y.yaml"])
def test_plain_words_stand_as_they_are(plain: str) -> None:
    assert shell_word(plain) == plain


@pytest.mark.parametrize("odd", ["my recipe.yaml", "a;b", "it's", "$HOME", "", "全角　空白", "a*b"])
def test_others_are_one_word(odd: str) -> None:
    assert shell_word(odd) != odd
    assert shlex.split(f"secondhalf run {shell_word(odd)}")[2:] == [odd]
