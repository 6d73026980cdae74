"""Encodings as browsers read them: every alias, and the characters that Python's codecs of these names lack."""

import pytest

from secondhalf.corpus.readers.charsets import decode, named_encoding

pytest.importorskip("resiliparse")


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("x-sjis", "shift_jis"), ("Shift_JIS", "shift_jis"), ("windows-31j", "shift_jis"), ("MS_Kanji", "shift_jis"), ("cp932", "shift_jis"),
        ('"x-euc-jp"', "euc_jp"), (" utf8 ", "utf-8"), ("latin1", "cp1252"), ("nonsense", ""), ("", ""),
    ],
)  # fmt: skip
def test_names(charset: str, encoding: str) -> None:
    assert named_encoding(charset) == encoding


@pytest.mark.parametrize(
    ("text", "codec", "encoding"),
    [
        ("①㈱髙﨑の日本語", "cp932", "shift_jis"),
        ("日本語", "euc_jp", "euc_jp"),
        ("똠방각하", "cp949", "euc_kr"),
        ("镕基、中文", "gb18030", "gbk"),
        ("plain", "ascii", "cp1252"),
    ],
)
def test_characters(text: str, codec: str, encoding: str) -> None:
    assert decode(text.encode(codec), encoding) == text


def test_what_euc_jp_has_of_nec_and_ibm() -> None:
    assert decode(b"\xad\xa1\xc6\xfc\xfc\xe2", "euc_jp") == "①日髙"
    assert decode(b"\xad\xa1\xff\xc6\xfc", "euc_jp", "replace") == "①\ufffd日"
    with pytest.raises(UnicodeDecodeError):
        decode(b"\xad\xa1\xff\xc6\xfc", "euc_jp")
    with pytest.raises(LookupError):
        decode(b"x", "nonsense")


def test_a_mark_is_left_out() -> None:
    assert decode(b"\xef\xbb\xbftext", "utf-8") == "text"
