"""Markdown: its running text, without marks, code and fields."""

import time

import pytest

from secondhalf.corpus.readers.markdown import plain_markdown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\ntitle: x\n---\n# A heading #\nText that\nruns on.\n", "A heading\n\nText that runs on."),
        ("Title\n=====\nText.\n\n---\n\nMore.", "Title\n\nText.\n\nMore."),
        ("See [the *manual*](http://x/y) and ![a picture](p.png)it, `code` and **strong _words_**.", "See the manual and it, code and strong words."),
        ("Text\n```python\nprint(1)\n```\nafter\n\n    indented code\n\n~~~\n```\n~~~\nend", "Text\n\nafter\n\nend"),
        ("- [ ] one\n  goes on\n* two\n1. three", "- one goes on\n\n- two\n\n- three"),
        ("> quoted\n> text", "quoted text"),
        ("| a | b |\n|---|---|\n| 1 | A cell that holds a whole sentence. |\n\nText.", "A cell that holds a whole sentence.\n\nText."),
        ("A note[^1] and <b>tags</b> <!-- hidden\nlines --> stay.\n\n[^1]: The note.\n[a]: http://x", "A note and tags  stay."),
        ("snake_case_name stays, a\\*b too, 2 * 3 * 4 too", "snake_case_name stays, a*b too, 2 * 3 * 4 too"),
        ("日本語の**強調**と\n[リンク](x)です。", "日本語の強調とリンクです。"),
        ("<ruby>猫<rp>（</rp><rt>ねこ</rt><rp>）</rp></ruby>である。", "猫である。"),
        ("", ""),
    ],
)  # fmt: skip
def test_running_text(text: str, expected: str) -> None:
    assert plain_markdown(text) == expected


@pytest.mark.parametrize("sign", ["[", "![", "<!--", "*", "_", "`", "<a", "---\n", "```\n", "|", "[a](", "\\", "> "])
def test_hostile_marks_take_no_longer_than_their_length(sign: str) -> None:
    start = time.process_time()
    plain_markdown(sign * (200_000 // len(sign)))
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("head", "left"),
    [
        ("---\ntitle: x\n---\n", ""),
        ("---  \n# made by hand\ntitle: x\n---  \n", ""),
        ("+++\ntitle = 'x'\n+++\n", ""),
        ("---\n\nA notice to all readers.\n\n---\n", "A notice to all readers.\n\n"),  # between two rules: was lost
    ],
)
def test_a_block_of_fields_is_left_out_and_text_between_rules_is_not(head: str, left: str) -> None:
    assert plain_markdown(f"{head}\nThe text.\n") == f"{left}The text."
