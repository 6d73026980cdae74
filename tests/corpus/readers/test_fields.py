"""What a row becomes under the recipe's field names."""

import pytest

from secondhalf.corpus.readers.fields import kind_of, mapped_fields, row_mapper
from secondhalf.corpus.readers.items import ReadText, Refused
from secondhalf.corpus.settings import CorpusSettings

NAMES = {"field": "body", "url_field": "id", "source_field": "site", "language_field": "lang", "licence_field": "terms"}


def test_the_mapped_fields_come_once_and_the_text_first() -> None:
    assert mapped_fields(CorpusSettings(**NAMES)) == ["body", "id", "site", "lang", "terms"]
    assert mapped_fields(CorpusSettings(url_field="text", source_field="s", licence_field="s")) == ["text", "s"]


def test_a_row_with_all_its_fields() -> None:
    row = {"body": "text", "id": 7, "site": "x" * 3000, "lang": None, "terms": True}
    expected = ReadText("text", "f:1", "7", "x" * 2000, "", "")
    assert row_mapper(CorpusSettings(**NAMES))(row, "f:1") == expected
    assert row_mapper(CorpusSettings())({"text": "text", "url": "u"}, "f:1") == ReadText("text", "f:1", "u")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ([1], "not an object: a list"),
        (None, "not an object: null"),
        ({"body": "x"}, "no text in the field: there is no 'text'"),
        ({"text": None}, "no text in the field: 'text' is null"),
        ({"text": {}}, "no text in the field: 'text' is an object"),
        ({"text": True}, "no text in the field: 'text' is true or false"),
        ({"text": b"x"}, "no text in the field: 'text' is bytes"),
    ],
)
def test_a_row_without_a_text(row: object, reason: str) -> None:
    item = row_mapper(CorpusSettings())(row, "f:1")
    assert item == Refused("f:1", reason, str(row))


def test_kinds_for_people() -> None:
    assert [kind_of(value) for value in (1, 1.5, "a")] == ["a number", "a number", "text"]
