"""Names of people in katakana and hiragana: ジョン・フォン・ノイマン, カーターさん, さくらちゃん, ふりがな：ひいらぎ さくら."""

import re

from secondhalf.clean.personal.person.japanese_words import japanese
from secondhalf.clean.personal.person.kanji import KANJI, addresses, roles

_KATAKANA = "ァ-ヴー"
_ROW = re.compile(f"[{_KATAKANA}]++(?:[・＝](?:[{_KATAKANA}]++|[A-ZＡ-Ｚ]\\.?+))*+")
_DOT = re.compile("[・＝]")
_MOST = 6
"""Parts of one name; a longer row is a list."""
_THING = re.compile(f"[{KANJI}]|[A-Za-z]|ビル|ホテル|タワー")
_THING_OF_ROW = re.compile(
    "[賞杯病症州市町村駅線湖島山川橋号社局館院城門像法式体語]|空港|大学|学校|財団|通り|広場|公園|美術|博物|劇場|病院|研究|定理"
    "|方程式|効果|ビル|ホテル|タワー"
)
_HIRAGANA = re.compile("[ぁ-ん]++")
_READING = re.compile(
    f"(?:ふりがな|フリガナ|よみがな|ヨミガナ|氏名|名前|申込者|申請者|受取人|口座名義|名義人)[：:\u3000 ]"
    f"([ぁ-ん]{{2,8}}[ \u3000][ぁ-ん]{{2,8}}|[{_KATAKANA}]{{2,10}}[ \u3000][{_KATAKANA}]{{2,10}})(?![ぁ-ん{_KATAKANA}])"
)


def kana_names(text: str) -> list[tuple[int, int]]:
    """Start and end of each name, in characters, in order; a reading is a name too."""
    spans = [match.span(1) for match in _READING.finditer(text)]
    spans += [match.span() for match in _ROW.finditer(text) if _is_katakana_name(text, match)]
    spans += [span for match in _HIRAGANA.finditer(text) if (span := _hiragana(match))]
    return sorted(spans)


def _is_katakana_name(text: str, match: re.Match[str]) -> bool:
    parts, end = _DOT.split(match.group()), match.end()
    if len(parts) > _MOST or japanese("katakana words").intersection(parts) or len(parts[0]) < 2:
        return False
    if text.startswith(addresses(), end):
        return True
    in_office = text.startswith(roles(), end)
    if not in_office and (_THING_OF_ROW if len(parts) > 1 else _THING).match(text, end):
        return False
    if len(parts) == 1:
        return parts[0] in japanese("katakana") or (in_office and parts[0] in japanese("katakana or word"))
    if in_office or parts[0] in japanese("katakana or word") or not japanese("katakana").isdisjoint(parts):
        return True
    return len(parts) > 2 and not japanese("katakana small words").isdisjoint(parts[1:-1])


def _hiragana(match: re.Match[str]) -> tuple[int, int] | None:
    """A given name with さん, くん or ちゃん behind it, at the beginning of a run of hiragana."""
    for address in ("さん", "くん", "ちゃん"):
        place = match.group()[:8].find(address)
        if place > 1 and match.group()[:place] in japanese("given kana"):
            return match.start(), match.start() + place
    return None
