"""The encoding of plain text that does not say it: UTF-8, UTF-16, Shift_JIS, EUC-JP, ISO-2022-JP and Western one-byte text
are known by their bytes. What could be two of them, or none, is not guessed: it is refused with the field to set.
"""

import codecs
import re
from typing import NamedTuple

from secondhalf.corpus.encodings import AUTO
from secondhalf.corpus.readers.charsets import decode

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
          (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_ESCAPES = re.compile(rb"\x1b(?:\$[@B]|\([BJI]|\$\([DOPQ])")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# What Japanese is written with: kana, its marks, full-width forms and the kanji of JIS level 1. Half-width katakana, the kanji of
# level 2, Greek and Cyrillic are what other encodings look like when they are read as a Japanese one.
_HIRAGANA = re.compile(r"[\u3041-\u3096]")
_JAPANESE = re.compile(r"[\u3000-\u3020\u3041-\u3096\u30a1-\u30ff\uff01-\uff5e→←↑↓○●◎△▲▽▼□■◇◆★☆※〒♪×÷±°℃…―‘’“”]")
_KANJI = re.compile(r"[\u4e00-\u9fff]")
_LEVEL_1 = range(0xB0, 0xD0)  # first bytes in EUC-JP
_MIN_HIRAGANA, _MIN_JAPANESE, _CLEARER = 0.08, 0.9, 0.2  # shares of the characters beyond ASCII
# Letters and marks of Western European text; Cyrillic or Polish bytes read as such give other signs, or nothing but accents.
_WESTERN = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœ‘’“”–—…€£§©®°·«»¡¿\u00a0")
_ACCENT = re.compile(r"[À-ÿŒœ]+")
_MOST_ACCENTS = 0.25  # share of the letters
_SURE = 8  # characters beyond ASCII; so many are UTF-8 by chance once in a hundred million texts of another encoding
_SAMPLE = 200_000  # bytes that are looked at; the whole text is decoded


class DecodedText(NamedTuple):
    """A text and the encoding that it was in, as Python names it."""

    text: str
    encoding: str


class UndecodedError(Exception):
    """Bytes that are not text of the encoding asked for, or of none that can be told; the sentence is the reason."""


def decode_text(data: bytes, encoding: str = AUTO) -> DecodedText:
    """The bytes as text, without a byte order mark. Raises UndecodedError with the place, and with what to set where nothing
    fits."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return DecodedText(_decoded(data, name), name)
    if encoding != AUTO:
        encoding = "utf-8" if is_utf8_though(data, encoding) else encoding
        return DecodedText(_decoded(data, encoding), encoding)
    if _CONTROLS.search(data) and (wide := _wide(data)):
        return wide
    if _ESCAPES.search(data) and not any(byte > 0x7F for byte in data[:_SAMPLE]):
        try:
            return DecodedText(decode(data, "iso2022_jp"), "iso2022_jp")
        except UnicodeDecodeError:
            pass  # a terminal's colours
    try:
        return DecodedText(data.decode(), "utf-8")
    except UnicodeDecodeError as error:
        guess = _guess(data)
        if guess is None:
            mend = "set corpus.encoding, such as shift_jis, euc_jp, gb18030 or windows-1251, or save the file as UTF-8"
            raise UndecodedError(f"not utf-8: byte {error.start}, and no other encoding is plain; {mend}") from error
        return guess


def is_utf8_though(data: bytes, encoding: str) -> bool:
    """Whether bytes are UTF-8 beyond doubt though another encoding is named for them: in that one they would be other signs.

    UTF-16 makes a sign of any two bytes. Text in it has bytes of NUL, in its spaces and line ends at least, or is Japanese.
    """
    if b"\0" in data:
        return False
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    wide = encoding.lower().replace("_", "-").startswith("utf-16")
    return sum(not c.isascii() for c in text) >= _SURE or (wide and bool(data) and _wide(data) is None)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        # Python's Shift_JIS and EUC-JP lack what Japanese machines write under these names.
        name = codecs.lookup(encoding).name
        return decode(data, name if name in {"shift_jis", "euc_jp", "iso2022_jp"} else encoding)
    except UnicodeError as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        raise UndecodedError(f"not {encoding}: byte {at}") from error


def _wide(data: bytes) -> DecodedText | None:
    """UTF-16 without a mark: every other byte of its ASCII characters is NUL, and kana have bytes that no plain text has."""
    for name, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        sample = text[:_SAMPLE]
        hiragana, japanese = _japanese_shares(sample)
        zeros = data[first:_SAMPLE:2].count(0) / len(sample)
        is_japanese = hiragana >= _MIN_HIRAGANA and japanese >= _MIN_JAPANESE
        if is_japanese or (zeros > 0.7 and "\0" not in sample):
            return DecodedText(text, name)
    return None


def _guess(data: bytes) -> DecodedText | None:
    """The one encoding in which the bytes are text that people write; None where there is none, or two."""
    scored = []
    for name in ("shift_jis", "euc_jp", "utf-16-le", "utf-16-be"):
        try:
            text = decode(data, name)
        except UnicodeDecodeError:
            continue
        hiragana, japanese = _japanese_shares(text[:_SAMPLE])
        scored.append((japanese if hiragana >= _MIN_HIRAGANA else 0.0, name, text))
    scored.sort(key=lambda one: -one[0])
    if scored and scored[0][0] >= _MIN_JAPANESE and (len(scored) == 1 or scored[0][0] - scored[1][0] >= _CLEARER):
        return DecodedText(scored[0][2], scored[0][1])
    if scored and scored[0][0] >= _MIN_JAPANESE - _CLEARER:
        return None
    try:
        western = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return DecodedText(western, "cp1252") if _is_western(western[:_SAMPLE]) else None


def _japanese_shares(text: str) -> tuple[float, float]:
    """Shares of the characters beyond ASCII: of hiragana, and of all that Japanese is commonly written with."""
    beyond = max(sum(not c.isascii() for c in text), 1)
    kanji = sum(1 for c in _KANJI.findall(text) if _first_byte(c) in _LEVEL_1)
    return len(_HIRAGANA.findall(text)) / beyond, (len(_JAPANESE.findall(text)) + kanji) / beyond


def _first_byte(kanji: str) -> int:
    try:
        return kanji.encode("euc_jp")[0]
    except UnicodeEncodeError:
        return 0


def _is_western(text: str) -> bool:
    """Whether all beyond ASCII is of Western European text, in such a number, and accents stand singly among plain letters."""
    beyond = [c for c in text if not c.isascii()]
    if not _WESTERN.issuperset(beyond):
        return False
    letters = sum(c.isalpha() for c in text)
    accents = _ACCENT.findall(text)
    pairs = sum(len(run) > 2 for run in accents)
    return sum(map(len, accents)) <= _MOST_ACCENTS * letters and not pairs
