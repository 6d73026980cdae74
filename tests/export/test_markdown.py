import json

import pytest

from secondhalf.export.markdown import escaped, quoted


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain words, 使い方", "plain words, 使い方"),
        ("<b>bold</b>", r"\<b\>bold\</b\>"),
        ("[a](b) ![c](d)", r"\[a\]\(b\) \!\[c\]\(d\)"),
        ("# a heading\n\nand more", r"\# a heading and more"),
        ("- an item", r"\- an item"),
        ("1. an item", r"1\. an item"),
        ("see https://example.org and www.example.org", r"see https\://example.org and www\.example.org"),
    ],
)
def test_no_text_is_markup(text: str, line: str) -> None:
    assert escaped(text) == line


@pytest.mark.parametrize("text", ["a: b", "- c", 'say "so"', "# no comment", "{x}", "使い方"])
def test_a_yaml_scalar_is_the_text(text: str) -> None:
    from ruamel.yaml import YAML

    line = f"name: {quoted(text)}"
    assert YAML(typ="safe").load(line) == {"name": text}
    assert json.loads(quoted(text)) == text
    assert quoted(text).isascii()  # whatever encoding a card is read in
    assert "\n" not in line
