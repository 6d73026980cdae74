"""Verdicts with their scores, limits and marked spans; nothing that a terminal would obey."""

import pytest

from secondhalf.clean.explanation import Wording, explain_document, is_of_file, resolve_documents, resolve_id
from secondhalf.clean.length import LengthSettings
from secondhalf.clean.step import FilterStep
from secondhalf.errors import UserError
from secondhalf.rows import Document, Verdict

TEXT = "町の図書館は　来年の春に\x1b[31m移る\u202e。\nThe end"


def _step(name: str, text: str, *verdicts: tuple, settings=None) -> FilterStep:
    return FilterStep(name, text, [Verdict("d1", *verdict) for verdict in verdicts], settings)


def test_verdicts_limits_and_spans():
    document = Document("d1", TEXT, "web", url="https://example.org/\n", language="ja")
    start = TEXT.index("移る")
    steps = [
        _step("length", TEXT, ("length", False, 28.0, "too short"), settings=LengthSettings()),
        _step("markup", TEXT, ("markup", False, 0.1, "markup left in the text", start, start + 2)),
        _step("adult", TEXT[:9], ("adult", True, 0.0)),
    ]
    output = explain_document(document, steps)
    lines = output.split("\n")
    assert lines[0] == "id        d1"
    assert "url       https://example.org/⏎" in lines
    assert "length  (min_words 50, max_words 100000)" in lines
    assert "  FAIL  length                           28  too short" in lines
    assert "        町の図書館は　来年の春に⟨U+001B⟩[31m⟦移る⟧⟨U+202E⟩。⏎The end" in lines
    assert "  (the text was rewritten before this: 29 to 9 characters)" in lines
    assert "  pass  adult                             0" in lines
    assert "Refused by length: too short (and by 1 more)" in lines
    assert lines[-2:] == ["町の図書館は　来年の春に⟨U+001B⟩[31m⟦移る⟧⟨U+202E⟩。", "The end"]
    assert "\x1b" not in output
    assert "\u202e" not in output


def test_other_words_keep_the_columns():
    wording = Wording(
        lambda said: {"FAIL": "除外", "id": "ID"}.get(said, said), lambda check: f"長さ ({check})", str.upper
    )
    step = _step("length", "abc", ("length", False, 28.0, "too short"))
    lines = explain_document(Document("d1", "abc", "web"), [step], wording=wording).split("\n")
    assert lines[0] == "ID        d1"
    assert "  除外  長さ (length)                    28  TOO SHORT" in lines
    assert "Refused by 長さ (length): TOO SHORT" in lines


def test_colour_is_the_only_escape():
    document = Document("d1", TEXT, "web")
    output = explain_document(document, [_step("markup", TEXT, ("markup", False, 0.1, "markup", 0, 2))], colour=True)
    assert "\x1b[7m町の\x1b[27m図書館" in output
    assert output.count("\x1b") == 4


def test_a_text_that_passed_and_one_that_is_long():
    document = Document("d1", "あ" * 10_000, "web")
    output = explain_document(document, [_step("markup", document.text, ("markup", True, 0.0, "", 3000, 9000))])
    assert "Kept: every verdict passed." in output
    assert len(output) < 5000
    assert output.endswith("… and 6,000 more characters")


def test_overlapping_and_empty_spans():
    document = Document("d1", "abcdefgh", "web")
    step = _step("x", "abcdefgh", ("a", True, 0.0, "", 1, 4), ("b", True, 0.0, "", 2, 6), ("c", True, 0.0, "", 7, 7))
    assert explain_document(document, [step]).endswith("\na⟦bcdef⟧gh")


def test_ids_by_prefix():
    ids = ["abc1", "abc2", "abd3", "abc"]
    assert resolve_id(ids, "abd") == "abd3"
    assert resolve_id(ids, "abc") == "abc"
    with pytest.raises(UserError, match="4 documents have ids that start with 'ab'"):
        resolve_id(ids, "ab")
    with pytest.raises(UserError, match="No document has an id that starts with 'x'"):
        resolve_id(ids, "x")


@pytest.mark.parametrize(
    ("url", "wanted", "is_one"),
    [
        ("docs/a/guide.md#0", "guide.md", True),
        ("docs/a/guide.md#0", "a/guide.md", True),
        ("docs/a/guide.md#0", "docs/a/guide.md", True),
        ("docs/a/guide.md#3", "guide.md", True),
        ("docs/a/guide.md#3", "guide.md#3", True),
        ("docs/a/guide.md#3", "guide.md#2", False),
        ("docs/rows.csv:17#0", "rows.csv", True),
        ("docs/rows.csv:17#0", "rows.csv:17", True),
        ("docs/rows.csv:17#0", "rows.csv:1", False),
        ("docs/book.epub:OEBPS/a.xhtml#0", "book.epub", True),
        ("docs/myguide.md#0", "guide.md", False),
        ("docs/手引き.docx#0", "手引き.docx", True),
        ("docs/a.md#0", "", False),
    ],
)
def test_the_file_of_a_document(url: str, wanted: str, is_one: bool):
    assert is_of_file(url, wanted) is is_one


def test_documents_by_the_name_of_their_file():
    documents = [Document(f"d{n}", "text", "", url=f"docs/guide.md#{n}") for n in (10, 2, 0)] + [
        Document("x1", "text", "", url="docs/b.md#0")
    ]
    assert [document.id for document in resolve_documents(documents, "guide.md")] == ["d0", "d2", "d10"]
    assert [document.id for document in resolve_documents(documents, "guide.md#2")] == ["d2"]
    assert [document.id for document in resolve_documents(documents, "x")] == ["x1"]
    with pytest.raises(UserError, match=r"or is of a file of that name"):
        resolve_documents(documents, "other.md")
