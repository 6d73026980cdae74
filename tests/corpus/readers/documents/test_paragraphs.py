"""Lines and cells as running text."""

import pytest

from secondhalf.corpus.readers.documents.paragraphs import ends_sentence, is_running_text, join_lines, unwrapped


@pytest.mark.parametrize(
    ("lines", "known", "expected"),
    [
        (["One line", "and another."], "", "One line and another."),
        (["日本語の文", "章です。"], "", "日本語の文章です。"),
        (["日本語は", "Python で書く。"], "", "日本語は Python で書く。"),
        (["an exam-", "ple"], "", "an example"),
        (["a well-", "known fact"], "well-known", "a well-known fact"),
        (["a well-", "known fact"], "well-known wellknown", "a wellknown fact"),
        (["German-", "English"], "", "German-English"),
        (["Covid-", "19"], "", "Covid-19"),
        (["soft\u00adly, an exam\u00ad", "ple"], "", "softly, an example"),
        (["a dash -", "and more"], "", "a dash - and more"),
        (["", "  only one "], "", "only one"),
    ],
)
def test_lines_of_one_paragraph(lines: list[str], known: str, expected: str) -> None:
    assert join_lines(lines, frozenset(known.split())) == expected


@pytest.mark.parametrize(
    "text", ["It ends.", "Does it?", '"Yes!"', "終わる。", "「はい。」", "(in brackets.)", "次の通り："]
)
def test_an_end_of_a_sentence(text: str) -> None:
    assert ends_sentence(text)
    assert not ends_sentence(text.rstrip('.?!"。」)：') + " and")


@pytest.mark.parametrize(
    ("cell", "running"),
    [
        ("", False), ("Total", False), ("17.5", False), ("Name and address of owner", False), ("東京都千代田区", False), ("合計。", False),
        ("This cell holds a whole sentence.", True), ("この欄には文が一つ書かれています。", True), ("word " * 20, True), ("長い文章が続いて" * 6, True),
    ],
)  # fmt: skip
def test_cells_of_sentences(cell: str, running: bool) -> None:
    assert is_running_text(cell) is running


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A line that was broken at a column of some sixty\ncharacters, as mail is.", "A line that was broken at a column of some sixty characters, as mail is."),
        ("Roses are red,\nviolets are blue.", "Roses are red,\nviolets are blue."),
        ("Dear reader,\nthis is a line that was broken at a column of sixty\ncharacters.", "Dear reader,\nthis is a line that was broken at a column of sixty characters."),
        ("- an item that is as long as a line can be in this letter\n- another item of it", "- an item that is as long as a line can be in this letter\n- another item of it"),
        ("本日はお忙しいところお集まりいただきまして、誠に\nありがとうございます。\n\n次の段落。", "本日はお忙しいところお集まりいただきまして、誠にありがとうございます。\n\n次の段落。"),
    ],
)  # fmt: skip
def test_lines_that_were_broken_at_a_column(text: str, expected: str) -> None:
    assert unwrapped(text) == expected
