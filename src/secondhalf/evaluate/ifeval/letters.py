"""Kanji, kana and numerals of a Japanese answer."""

import re
import unicodedata

from secondhalf.evaluate.ifeval.relation import holds

_KANJI = re.compile("[\u4e00-\u9faf]+")
_READING = re.compile("（[ぁ-ん]+）")


def furigana(response: str) -> bool:
    """Every run of kanji has its reading after it, as 漢字（かんじ）."""
    return all(_READING.match(response, run.end()) for run in _KANJI.finditer(response))


def kanji(response: str, *, kanji_limit: int, relation: str) -> bool:
    """How many kanji there are, repeats included."""
    return holds(sum(len(run) for run in _KANJI.findall(response)), relation, kanji_limit)


def no_hiragana(response: str) -> bool:
    """No hiragana, small ones included."""
    return not re.search("[ぁ-ゖ]", response)


def hiragana_only(response: str) -> bool:
    """Of all letters only hiragana and the long mark; digits and signs are free."""
    return all("ぁ" <= sign <= "ん" or sign == "ー" or not _is_letter(sign) for sign in set(response))


def no_katakana(response: str) -> bool:
    """No katakana, half-width ones included."""
    return not re.search("[ァ-ヺｦ-ﾟ]", response)


def katakana_only(response: str) -> bool:
    """Of all letters only katakana and the long mark, half width too; digits and signs are free."""
    return all(re.match("[ァ-ンー・ｦ-ﾟ]", sign) or not _is_letter(sign) for sign in set(response))


def kansuuji(response: str) -> bool:
    """No digits of any script: numbers are written in kanji."""
    return not re.search(r"\d", response)


def _is_letter(sign: str) -> bool:
    return unicodedata.category(sign).startswith("L")
