"""Encodings by their bytes: what is plain is read, what could be two is not guessed."""

import pytest

from secondhalf.corpus.encodings import is_text_encoding
from secondhalf.corpus.readers.text_encoding import DecodedText, UndecodedError, decode_text

JAPANESE = "名前はまだ無い。どこで生れたかとんと見当がつかぬ。"
SHORT = "日本語の文章"
MIXED = "The README says: 「設定ファイルは config.yaml です。」 and nothing more about it.\n" * 3
WESTERN = [
    "Les élèves étaient très fatigués.",
    "It’s a “good” day – really.",
    "Über die Brücke ging der große Müller.",
    "El niño comió una piña.",
]


@pytest.mark.parametrize("text", [JAPANESE, SHORT, MIXED, JAPANESE + "\r\n"])
@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-32", "utf-32"), ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"),
        ("cp932", "shift_jis"), ("euc_jp", "euc_jp"), ("iso2022_jp", "iso2022_jp"),
    ],
)  # fmt: skip
def test_japanese_in_every_encoding(text: str, encoding: str, name: str) -> None:
    assert decode_text(text.encode(encoding)) == DecodedText(text, name)


@pytest.mark.parametrize("text", WESTERN)
def test_western_text_of_one_byte_a_letter(text: str) -> None:
    assert decode_text(text.encode("cp1252")) == DecodedText(text, "cp1252")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Привет, это обычный русский текст.", "cp1251"), ("Привет, это обычный русский текст.", "koi8_r"), ("中文的文章在这里，是普通的句子。", "gb18030"),
        ("한국어 문장이 여기에 있습니다.", "cp949"), ("Zażółć gęślą jaźń i wszystko.", "cp1250"), ("Ελληνικό κείμενο είναι εδώ.", "cp1253"), ("繁體中文的文章在這裡", "big5"),
        ("日本", "cp932"),
    ],
)  # fmt: skip
def test_what_is_not_plain_is_named_with_the_mend_and_read_where_it_is_set(text: str, encoding: str) -> None:
    with pytest.raises(
        UndecodedError, match=r"^not utf-8: byte \d+, and no other encoding is plain; set corpus\.encoding, such as "
    ):
        decode_text(text.encode(encoding))
    assert decode_text(text.encode(encoding), encoding).text == text


def test_an_encoding_that_is_set_and_wrong_is_named_at_its_byte() -> None:
    with pytest.raises(UndecodedError, match=r"^not shift_jis: byte 0$"):
        decode_text(b"\x81", "shift_jis")
    assert decode_text("①㈱".encode("cp932"), "shift_jis").text == "①㈱"


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "UTF_16_BE", "shift_jis", "euc_jp", "windows-1251", "latin-1"]
)
def test_utf_8_beyond_doubt_is_read_as_that_whatever_is_set(encoding: str) -> None:
    assert decode_text(JAPANESE.encode(), encoding) == DecodedText(JAPANESE, "utf-8")
    plain = "A text of plain letters, read as it stands."
    assert decode_text(plain.encode(), encoding).text == plain
    assert decode_text(JAPANESE.encode("utf-16-le"), "utf-16").text == JAPANESE
    assert decode_text("みずのなか".encode("utf-16-le"), "utf-16").text == "みずのなか"


def test_a_terminal_s_colours_are_no_iso_2022() -> None:
    assert decode_text(b"\x1b[31mred\x1b(B").encoding in {"utf-8", "iso2022_jp"}
    assert decode_text(b"\x1b[31mred").text == "\x1b[31mred"


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("shift_jis", True),
        ("UTF-8", True),
        ("nonsense", False),
        ("base64", False),
        ("rot13", False),
        ("idna", False),
        ("unicode_escape", False),
        ("", False),
        ("a\0", False),
    ],
)
def test_names_of_encodings(name: str, known: bool) -> None:
    assert is_text_encoding(name) is known
