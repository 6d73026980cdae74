"""Kanji that a PDF's extraction wrote as radicals (U+2E80 to U+2FDF): they look alike and are other characters to every search.

The kanji of a radical is its equivalent in Unicode (EquivalentUnifiedIdeograph.txt, version 14; of the Kangxi radicals NFKC's).
Fonts for Japanese give the radicals of 戸 and 黒 too, whose equivalents there are the older 戶 and 黑.
"""

import re
import unicodedata

# Each radical of the supplement (U+2E80 to U+2EFF) before its kanji.
_SUPPLEMENT = (
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺇𠘨⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺑𡯂⺒巳⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺪𤴔⺫目⺬示⺭礻⺮𥫗⺯糹⺰纟⺱罓⺲罒⺳㓁⺴冗⺵𦉫⺶羊⺷𦍌⺸𦍋⺹耂⺺肀"
    "⺻聿⺼肉⺽𦥑⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇𧢲⻈讠⻉贝⻊𧾷⻋车⻌辶⻍辶⻎辶⻏邑⻐钅⻑長⻒镸⻓长⻔门⻕𨸏⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞𩙿⻟飠⻠饣⻡𩠐⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
_EQUIVALENT = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)} | dict(
    zip(_SUPPLEMENT[::2], _SUPPLEMENT[1::2], strict=True)
)
_IN_JAPANESE = {"\u2f3e": "戸", "\u2fca": "黒"}
RADICALS = "\u2e80-\u2fd5"
_RADICAL = re.compile(f"[{RADICALS}]")
_KANA = re.compile("[ぁ-ゖァ-ヺ]")
_LETTER = re.compile("[ぁ-ゖァ-ヺ\u3400-\u9fff]")


def mend_radicals(text: str) -> tuple[str, int, int]:
    """The text with kanji for radicals, how many those are, and where the first stands (-1: none).

    A text without kana or kanji beside them stays: there a radical is meant.
    """
    first = _RADICAL.search(text)
    if first is None or not _LETTER.search(text):
        return text, 0, -1
    kanji = _EQUIVALENT | _IN_JAPANESE if _KANA.search(text) else _EQUIVALENT
    mended, count = _RADICAL.subn(lambda match: kanji.get(match.group(), match.group()), text)
    return mended, count, first.start()
