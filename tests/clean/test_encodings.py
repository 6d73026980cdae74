"""Texts that were decoded wrongly: which lines are mended, and where the first broken sequence stands."""

import pytest

from secondhalf.clean.encodings import Mending, mend_encoding

JAPANESE = "町の図書館は来年の春に移る。"


@pytest.mark.parametrize("text", ["", "plain", "L’été à Noël, SÃO PAULO", JAPANESE, "Привет, мир"])
def test_a_whole_text_comes_back_as_it_is(text: str) -> None:
    assert mend_encoding(text) == Mending(text, 0, 0, -1)


def test_only_broken_lines_are_mended() -> None:
    assert mend_encoding("été\ncafÃ© one\nÃ©tÃ©\nend") == Mending("été\ncafé one\nété\nend", 2, 0, 7)


def test_what_cannot_be_mended_is_counted() -> None:
    assert mend_encoding("ok\n縺縺縺縺") == Mending("ok\n縺縺縺縺", 0, 4, 3)


@pytest.mark.parametrize(
    ("right", "wrong"), [("utf-8", "cp932"), ("euc_jp", "latin-1"), ("cp932", "sloppy-windows-1252")]
)
def test_japanese_is_mended_as_a_whole(right: str, wrong: str) -> None:
    import ftfy.bad_codecs.sloppy  # noqa: F401 - Registers the codec.

    text = "コンピューター\nローカル"
    assert mend_encoding(text.encode(right).decode(wrong)) == Mending(text, 2, 0, 0)
