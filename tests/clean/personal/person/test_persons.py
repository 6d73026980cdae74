"""Names of people: what is one, what is none, and where each ends; values invented, phrases of no labelled line."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.clean.personal.person import persons


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in persons(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Both Laura Bennett and Paul came; so did 田中さん.", ["Laura Bennett", "Paul", "田中"]),
        ("編集者のHelen Carterさんと山田花子が来た。", ["Helen Carter", "山田花子"]),
        ("Nothing here.", []),
        ("", []),
    ],
)
def test_both_languages_in_one_text(text: str, names: list[str]) -> None:
    assert found(text) == names


PIECES = st.sampled_from(
    ["Mr. ", "Laura ", "Bennett", "May ", "J. ", "van der ", "'s ", ", ", "; ", "\n", "Regards,", "by ", "Chair: ", "(", ")", "- ", "Street", "さん", "様", "田中", "林",
     "太郎", "氏名：", "　", "・", "マイケル", "スミス", "フォン", "の", "です", "。", "社長", "\ud800", "\x00", "é", "Ａ", "😀", "・A", "ヶ", "々"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=200)))
def test_never_raises_and_spans_come_in_order_and_apart(text: str) -> None:
    spans = list(persons(text))
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece",
    ["A", "A ", "A.", "Al ", "Laura ", "Laura, ", "Laura Bennett and ", "Mr. ", "van ", "x: ", "O'", "A-", "田", "田中 ", "田中、", "氏名：", "太郎", "ア", "ア・", "さん", "あ", "ヶ", "\n"],
    ids=ascii,
)  # fmt: skip
def test_one_thing_over_and_over_ends(piece: str) -> None:
    """Tens of minutes were it quadratic; what stands behind it is found all the same."""
    assert found(piece * (100_000 // len(piece)) + ".\n\nDear Sophie Miller,\n")[-1] == "Sophie Miller"
