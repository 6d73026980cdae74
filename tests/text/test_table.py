"""Tables as a terminal shows them."""

import unicodedata

from secondhalf.text.table import format_table


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert format_table([["clean", "1"], ["x", "1234"]], ["stage", "in"]) == "\n".join(
        ["stage    in", "-----  ----", "clean     1", "x      1234"]
    )


def test_without_rows_the_head_is_left() -> None:
    assert format_table([], ["stage", ""]) == "stage\n-----"


FUNNEL = [
    [
        "teach:taught",
        "1,234,567",
        "128,000,000",
        "secondhalf: the server refuses the key in OPENAI_API_KEY: no such key (401)",
    ],
    [
        "監査:日本語の文書",
        "8",
        "1",
        "/very/long/path/without/any/space/in/it/that/could/be/broken/at/a/word/model.gguf",
    ],
]


def test_a_table_fits_eighty_columns_and_no_number_is_broken() -> None:
    text = format_table(FUNNEL, ["stage", "tokens read", "tokens written by the teacher", "why"], columns=80)
    assert max(map(_columns, text.splitlines())) <= 80
    for number in ("1,234,567", "128,000,000", "監査:日本語の文書"):
        assert number in text
    whole = "".join("".join(line[45:].split()) for line in text.splitlines())
    assert "OPENAI_API_KEY" in whole


def test_what_fits_is_not_wrapped_and_a_pipe_is_as_wide_as_it_likes() -> None:
    head = ["stage", "a", "b", "why"]
    assert len(format_table(FUNNEL, head).splitlines()) == 4
    assert format_table(FUNNEL, head) == format_table(FUNNEL, head, columns=500)


def test_numbers_alone_are_left_as_wide_as_they_are() -> None:
    numbers = [[str(10**n) for n in range(20, 30)]]
    head = [str(n) for n in range(10)]
    assert format_table(numbers, head, columns=80) == format_table(numbers, head)


def test_japanese_takes_two_columns() -> None:
    lines = format_table([["東京", "1"], ["ab", "2"]], ["名", "n"]).splitlines()
    assert lines == ["名    n", "----  -", "東京  1", "ab    2"]


def _columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
