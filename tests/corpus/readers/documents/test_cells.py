"""Tables, of Excel and of CSV: the column that is named, else the cells that hold sentences; figures are no text."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from secondhalf.corpus.readers.items import ReadText, Refused
from support.office_files import items_of, sheet

Rows = list[list[str | int]]
QUESTION, ANSWER = "How do I change my password on this machine?", "パスワードは設定の画面から変えることができます。"


def _made(reader: str, rows: Rows) -> bytes:
    if reader == "xlsx":
        return sheet(rows)
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8")


def _read(tmp_path: Path, reader: str, rows: Rows, **settings: Any) -> list[ReadText | Refused]:
    return items_of(tmp_path, reader, _made(reader, rows), **settings)


@pytest.mark.parametrize("reader", ["xlsx", "csv"])
def test_the_column_that_is_named(tmp_path: Path, reader: str) -> None:
    rows: Rows = [["id", "text", "licence"], [7, "short", "CC0-1.0"], ["", "", ""], [8, ANSWER, ""]]
    items = _read(tmp_path, reader, rows, licence_field="licence", url_field="id")
    assert [(item.text, item.url, item.licence) for item in items if isinstance(item, ReadText)] == [
        ("short", "7", "CC0-1.0"),
        (ANSWER, "8", ""),
    ]
    assert items[0].location.endswith("a:2")
    assert items[1].location.endswith("a:4")


@pytest.mark.parametrize("reader", ["xlsx", "csv"])
@pytest.mark.parametrize("name", ["text", "id"])
def test_two_columns_of_a_name_that_is_mapped_are_refused(tmp_path: Path, reader: str, name: str) -> None:
    rows: Rows = [["id", "text", name], [7, QUESTION, ANSWER]]
    (item,) = _read(tmp_path, reader, rows, url_field="id")
    assert isinstance(item, Refused)
    assert item.reason == f"no text in the field: 2 columns have the name {name!r}"


@pytest.mark.parametrize("reader", ["xlsx", "csv"])
def test_without_it_the_cells_that_hold_sentences(tmp_path: Path, reader: str) -> None:
    rows: Rows = [["nr", "question", "answer"], [1, QUESTION, ANSWER], [2, "Total", 17]]
    assert [item.text for item in _read(tmp_path, reader, rows) if isinstance(item, ReadText)] == [
        f"{QUESTION}\n\n{ANSWER}"
    ]


@pytest.mark.parametrize("reader", ["xlsx", "csv"])
def test_a_table_of_figures_names_its_columns(tmp_path: Path, reader: str) -> None:
    (item,) = _read(tmp_path, reader, [["month", "売上"], ["May", 3], ["June", 4]])
    assert isinstance(item, Refused)
    assert (
        item.reason
        == "no running text: 3 rows of figures and labels; name a column with corpus.field (there are month, 売上)"
    )


@pytest.mark.parametrize(
    ("encoding", "name"), [("cp932", "shift_jis"), ("utf-16", "utf-16"), ("utf-8-sig", "utf-8"), ("euc_jp", "euc_jp")]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_as_machines_write_it(tmp_path: Path, encoding: str, name: str, delimiter: str) -> None:
    text = f'番号{delimiter}text\r\n1{delimiter}"一行目です。\r\n二行目に""引用""があります。"\r\n'
    (item,) = items_of(tmp_path, "csv", text.encode(encoding))
    assert isinstance(item, ReadText)
    assert (item.text, item.encoding) == ('一行目です。\r\n二行目に"引用"があります。', name)


def test_formulas_are_their_values_and_hidden_sheets_are_left_out(tmp_path: Path) -> None:
    raw = (
        f'<row r="9"><c r="A9" t="str"><f>CONCATENATE("a","b")</f><v>{QUESTION}</v></c><c r="B9" t="e"><v>#REF!</v></c></row>'
        f'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><r><t>{ANSWER[:9]}</t></r><r><t>{ANSWER[9:]}</t></r></is></c></row>'
    )
    items = items_of(tmp_path, "xlsx", sheet([["nr"]], raw))
    assert [(item.text, item.location.rpartition(":")[2]) for item in items if isinstance(item, ReadText)] == [
        (QUESTION, "9"),
        (ANSWER, "1048576"),
    ]
    assert items_of(tmp_path, "xlsx", sheet([[QUESTION]], state="hidden")) == []
