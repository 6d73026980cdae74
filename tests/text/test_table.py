"""Tables as a terminal shows them."""

from secondhalf.text.table import format_table


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert format_table([["clean", "1"], ["x", "1234"]], ["stage", "in"]) == "\n".join(
        ["stage    in", "-----  ----", "clean     1", "x      1234"]
    )


def test_without_rows_the_head_is_left() -> None:
    assert format_table([], ["stage", ""]) == "stage\n-----"
