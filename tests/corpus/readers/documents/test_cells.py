"""Tables, of Excel and of CSV: the column that is named, else the cells that hold sentences; figures are no text."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from secondhalf.corpus.readers.items import ReadText, Refused
from support.office_files import items_of, sheet, sheets

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
    assert (item.text, item.encoding) == ('一行目です。\n二行目に"引用"があります。', name)


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
    (item,) = items_of(tmp_path, "xlsx", sheet([[QUESTION]], state="hidden"))
    assert (type(item), item[1]) == (Refused, "no running text: no sheet that is shown has a cell")


PROSE = "It met on Monday, and it decided, after some talk, that the library moves."


@pytest.mark.parametrize(
    "text",
    [
        f"nr;text\n1;{PROSE}\n2;{PROSE}\n",  # commas were taken for separators: they are the commoner sign
        f"nr\ttext\n1\t{PROSE}\n2\t{PROSE}\n",
        f"sep=;\r\nnr;text\r\n1;{PROSE}\r\n2;{PROSE}\r\n",  # Excel's own line before the header
        f"text\n{PROSE}\n{PROSE}\n",  # one column: read to its first comma
        f'"text"\n"{PROSE}"\n{PROSE}\n',
    ],
)
def test_commas_of_prose_cut_no_text(tmp_path: Path, text: str) -> None:
    items = items_of(tmp_path, "csv", text.encode())
    assert [item.text for item in items if isinstance(item, ReadText)] == [PROSE, PROSE]


def test_a_row_that_its_own_commas_cut_is_refused_and_not_shortened(tmp_path: Path) -> None:
    cut, whole = items_of(tmp_path, "csv", f'nr,text,\n1,{PROSE}\n2,"{PROSE}",\n'.encode())
    assert isinstance(cut, Refused)
    assert cut.reason.startswith("broken row: more cells than the header")
    assert isinstance(whole, ReadText)


def test_empty_sheets_beside_others_are_no_loss_and_an_empty_table_is_said(tmp_path: Path) -> None:
    more = {f"xl/worksheets/s{n}.xml": "<worksheet><sheetData/></worksheet>" for n in (2, 3)}
    made = sheets(sheet([["text"], [ANSWER]]), more)
    (item,) = items_of(tmp_path, "xlsx", made)
    assert isinstance(item, ReadText)
    for reader, data in (("csv", b""), ("xlsx", sheet([]))):
        (item,) = items_of(tmp_path, reader, data)
        assert isinstance(item, Refused)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_quotation_mark_that_is_never_closed_is_named(tmp_path: Path, end: str) -> None:
    """It took all rows after it as one cell."""
    text = f'nr,text\n1,"{PROSE}"\n2,"{PROSE}\n3,{PROSE}\n4,{PROSE}\n'
    (broken,) = items_of(tmp_path, "csv", text.replace("\n", end).encode())  # a corpus keeps what came before it
    assert broken[1] == "broken csv: row 3 opens a quotation mark that is never closed"
