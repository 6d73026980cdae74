"""What a text says behind a disguise: other readings of it, for the rules that are sure.

Letters apart, digits for letters, base64, hexadecimal, percent and HTML encoding, escapes, rot13, backwards, markers of comments.
"""

import base64
import codecs
import html
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from urllib.parse import unquote

from secondhalf.audit.instruction.first_look import may_match
from secondhalf.text.normal_form import normal_form

_MOST = 8
"""Encoded runs of a text that are read."""
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{16,}+(?:\n[A-Za-z0-9+/_-]{4,}+(?=[\n=]|\Z))*+={0,2}")
_LINE_END = re.compile(r"\n")
_STANDARD = str.maketrans("-_", "+/")
_SHORTEST, _FEW_CODES = 6, 2
_HEX = re.compile(r"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2}[ :]?+){12,}+")
_HEX_GAP = re.compile(r"[ :]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_ENTITY = re.compile(r"&(?:#|[a-z]{2,8};)")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_APART = re.compile(r"(?<![^\W\d_])[^\W\d_](?:[ .\-_*·・|/,]{1,3}+[^\W\d_](?![^\W\d_])){5,}+")
_WORD_GAP = re.compile(r"[ .\-_*·・|/,]{2,3}")
_CHARACTER_GAP = re.compile(r"[ .\-_*·・|/,]")
_SIGNS_BETWEEN = re.compile(r"(?<![a-z/|_+~])(?:[a-z]++[/|_+~]){4,}+[a-z]")
_SIGN = re.compile(r"(?<=[a-z])[/|_+~](?=[a-z])")
_LONG_WORD = re.compile(r"(?<![a-z])[a-z]{25}")
_CYRILLIC = re.compile(r"[а-я]{3}")
_ACCENTED = re.compile(r"[à-öø-ÿ]")
_LEET = re.compile(r"[a-z][013457@$!|][a-z]|[a-z]{2}[013457@$!]\b|\b[013457@$!][a-z]{2}")
_LETTERS = str.maketrans("013457@$!|", "oieastasil")
_COMMENT = re.compile(r"(?m)^[ \t]*+(?:#+|//+|--+|/?\*+|<!--|;+|%+|>+|rem\b|'''|\"\"\")[ \t]*+")
_WITHIN = re.compile(
    r"/\*(.{3,400}?)\*/|<!--(.{3,400}?)-->|(?<=[;{}) ])//([^\n]{3,400})|(?<=[;{}) ])#([^\n]{3,400})", re.DOTALL
)
_BROKEN = re.compile(r"(?<=[a-z])(?:-\n|<[a-z/!][^<>\n]{0,30}>|\[[a-z/]{1,6}\]|\*\*|__)(?=[a-z])")
# Words of requests in rot13 and backwards.
_ROT13 = (
    "cyrnfr",
    "jevgr",
    "rkcynva",
    "genafyngr",
    "fhzznev",
    "lbh ner",
    "gryy zr",
    "tvir zr",
    "vtaber",
    "nffvfgnag",
    "nafjre",
)
_BACKWARDS = ("esaelp", "etirw", "nialpxe", "etalsnart", "zirammus", "sirammus", "era uoy", "em llet", "em evig", "erongi", "tnatsissa", "さだく", "いさだ")  # fmt: skip


# `readings` has none but of a text in which one of these matches, or in whose plain form one of those does.
_IN_TEXT = (_BASE64, _HEX, _ESCAPE, _ENTITY, _PERCENT, re.compile("[а-яА-Я]{3}"))
_IN_PLAIN = (
    _APART, _SIGNS_BETWEEN, _LONG_WORD, _LEET, _ACCENTED, _COMMENT, _WITHIN, _BROKEN,
    re.compile("|".join(map(re.escape, (*_ROT13, *_BACKWARDS)))),
)  # fmt: skip


def may_be_disguised(texts: Sequence[str], plain: Sequence[str]) -> list[bool]:
    """Whether there may be other readings of each text; `plain` has their plain forms."""
    return [
        bool(one or other) for one, other in zip(may_match(texts, _IN_TEXT), may_match(plain, _IN_PLAIN), strict=True)
    ]


def readings(text: str, plain: str) -> Iterator[str]:
    """What `text` says when decoded, in lower case; `plain` is its plain form. Most texts have none."""
    yield from _encoded(text)
    yield from _escaped(text)
    yield from _apart(plain)
    if len(_LEET.findall(plain)) > 1:
        yield plain.translate(_LETTERS)
    if any(word in plain for word in _ROT13):
        yield codecs.encode(plain, "rot13")
    if any(word in plain for word in _BACKWARDS):
        yield plain[::-1]
    if not text.isascii():
        yield from _in_other_letters(text, plain)
    yield from _commented(plain)


def _escaped(text: str) -> Iterator[str]:
    """Escapes of a programming language, HTML entities and percent encoding."""
    if "\\" in text and _ESCAPE.search(text):
        yield _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text).lower()
    if "&" in text and _ENTITY.search(text):
        yield html.unescape(text).lower()
    if "%" in text and len(_PERCENT.findall(text)) > _FEW_CODES:
        yield unquote(text.replace("+", " ")).lower()


def _apart(plain: str) -> Iterator[str]:
    """Letters or words with signs between them, and words without blanks."""
    for run in _APART.finditer(plain):
        words = _WORD_GAP.split(run[0])
        yield (
            " ".join(_CHARACTER_GAP.sub("", word) for word in words)
            if len(words) > 1
            else _CHARACTER_GAP.sub("", run[0])
        )
    if _SIGNS_BETWEEN.search(plain):
        yield _SIGN.sub(" ", plain)
    if _LONG_WORD.search(plain):
        yield plain


def _commented(plain: str) -> Iterator[str]:
    """Without the markers of comments, what stands within comments, and words without the markup inside them."""
    if _COMMENT.search(plain):
        yield _COMMENT.sub("", plain)
    for inside in _WITHIN.finditer(plain) if "/" in plain or "<!--" in plain or "#" in plain else ():
        yield next(filter(None, inside.groups())).strip()
    if any(map(plain.__contains__, ("-\n", "<", "[", "**", "__"))) and _BROKEN.search(plain):
        yield _BROKEN.sub("", plain)


def _in_other_letters(text: str, plain: str) -> Iterator[str]:
    """Cyrillic that the plain form took for Latin letters; letters without their accents."""
    lower = text.lower()
    if _CYRILLIC.search(lower) and not _CYRILLIC.search(plain):
        yield lower
    if _ACCENTED.search(plain):
        yield "".join(letter for letter in normal_form("NFD", plain) if not "\u0300" <= letter <= "\u036f")


def _encoded(text: str) -> Iterator[str]:
    """What stands in base64, once or twice over and on one line or several, or in hexadecimal, where it decodes to words."""
    for run in islice(_BASE64.finditer(text), _MOST):
        for once in _as_words(_from_base64(_LINE_END.sub("", run[0]))):
            yield once.lower()
            for twice in _as_words(_from_base64(once)) if _BASE64.fullmatch(once) else ():
                yield twice.lower()
    for run in islice(_HEX.finditer(text), _MOST):
        digits = _HEX_GAP.sub("", run[0])[:8000]
        yield from (words.lower() for words in _as_words(bytes.fromhex(digits[: len(digits) // 2 * 2])))


def _from_base64(text: str) -> bytes:
    body = text.rstrip("=").translate(_STANDARD)[:4000]
    body = body[:-1] if len(body) % 4 == 1 else body
    return base64.b64decode(body + "=" * (-len(body) % 4))


def _as_words(data: bytes) -> list[str]:
    """The bytes as a text, if all of it can be printed."""
    text = data.decode("utf-8", "ignore").strip()
    readable = len(text) >= _SHORTEST and all(character.isprintable() or character in "\n\t" for character in text)
    return [text] if readable else []
