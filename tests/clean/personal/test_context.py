"""What a number is called right before it."""

import pytest

from secondhalf.clean.personal.context import called_otherwise


@pytest.mark.parametrize(
    "label", ["Order number ", "order no. ", "Invoice #", "Lot: ", "注文番号：", "型番 ", "tracking id "]
)
def test_another_name(label: str) -> None:
    assert called_otherwise(f"{label}1234", len(label))


@pytest.mark.parametrize("label", ["call ", "電話番号", "in order to ring ", "card number ", "lots of ", ""])
def test_no_other_name(label: str) -> None:
    assert not called_otherwise(f"{label}1234", len(label))
