"""Is an answer text at all? What no reader could read: lost characters, wrong encodings, loops, soup of letters.

Of 172 Japanese and 541 English answers of models it calls six garbled, which all loop; of 40 kana at random nine in ten, and
of the readable texts in tests/evaluate/safety/test_garbled.py none. Common characters or real words in no order are
not recognised: shuffled Japanese passes. Of soup of Latin letters only what no one could say aloud is.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files

from secondhalf.clean.encodings import mend_encoding

_LOST = 0.01  # share of characters that stand for lost bytes
_MOST = 0.4  # share of the answer that a fault must cover, as for the everyday checks' loops
_UNHEARD = 0.4  # share of pairs of kana that Japanese does not have; honest answers have up to 0.1, kana at random 0.55
_PAIRS = 12  # different ones, below which a share says nothing
_KANJI_RUN = 25  # longer than the names of Japanese institutions
_CYCLE = re.compile(r"(\S{1,12}?)\1{7,}")  # up to twelve characters, eight times on end
_STRAY = re.compile("[\ue000-\uf8ff\ufffd\ud800-\udfff\x00-\x08\x0e-\x1f\x7f-\x9f]")
_BYTES = re.compile(r"<0x[0-9A-Fa-f]{2}>")  # what a vocabulary writes for bytes, when they make up no character
_KANA = (re.compile("(?=([ぁ-ゖー]{2}))"), re.compile("(?=([ァ-ヺー]{2}))"))
_KANJI, _LONE = re.compile("[㐀-䶿一-鿿]"), re.compile(rf"[㐀-䶿一-鿿]{{{_KANJI_RUN},}}")
# The first level of each national standard holds the common characters, and its codes come before these.
_SECOND_LEVEL = {"euc_jp": b"\xd0", "gb2312": b"\xd8", "big5": b"\xc9"}
# The commonest characters of Chinese, of which a line of 25 has several, and the Buddhist scriptures as well.
_CHINESE = frozenset(
    "的一是不了在人有我他这這中大来來上国國个個到说說们們为為子和你地出道也时時年得就那要下以生会會自着去之过過家学學对對可她里后後無无所而其于於與与"
)
_WORD = re.compile(r"\b[^\W\d_]{4,}\b")
_UNSAYABLE = re.compile(r"[bcdfghjklmnpqrstvwxz]{7}|^[bcdfghjklmnpqrstvwxz]+$")


def garbled_reason(answer: str) -> str:
    """Why an answer cannot be read: the first fault's name; "" when it can be read, or is empty."""
    text = answer.strip().rstrip("\ufffd")  # an answer that was cut may end within a character
    faults = {
        "lost characters": _lost(text),
        "wrong encoding": _mojibake(text),
        "loop": _loops(text),
        "soup of kana": _unheard(text),
        "soup of kanji": _soup_of_kanji(text),
        "soup of scripts": _mixed(text),
        "soup of letters": _unsayable(text),
    }
    return next((name for name, has_fault in faults.items() if has_fault), "")


def _lost(text: str) -> bool:
    """One alone is spoken of: an apple's logo, or <0x0A> in an answer on line feeds."""
    strays, spelled = len(_STRAY.findall(text)), len(_BYTES.findall(text))
    return strays + spelled > 1 and strays + 6 * spelled > _LOST * len(text)


def _mojibake(text: str) -> bool:
    """Whether lines in a wrong encoding make up the answer: one that shows some as an example is no garble."""
    lines = [line for line in text.split("\n") if line.strip()]
    wrong = sum(len(line) for line in lines if mend_encoding(line)[1:3] != (0, 0))
    return wrong > _MOST * sum(map(len, lines))


def _loops(text: str) -> bool:
    """Whether loops of letters make up the answer; rows of dashes or digits are none."""
    loops = (match for match in _CYCLE.finditer(text) if any(c.isalpha() for c in match[1]))
    return sum(len(match[0]) for match in loops) > _MOST * len("".join(text.split()))


@cache
def _heard() -> frozenset[str]:
    """The pairs of kana that Japanese has: see tools/kana_pairs.py."""
    lines = files(__package__).joinpath("kana_pairs.txt").read_text("utf-8").splitlines()
    return frozenset(line[0] + other for line in lines for other in line[2:])


def _unheard(text: str) -> bool:
    for pattern in _KANA:
        pairs = set(pattern.findall(text))
        if len(pairs) >= _PAIRS and len(pairs - _heard()) > _UNHEARD * len(pairs):
            return True
    return False


def _soup_of_kanji(text: str) -> bool:
    """Kanji that hardly anyone uses; or long runs that are neither Japanese, which has kana between, nor Chinese, which has
    its particles."""
    kanji = _KANJI.findall(text)
    if len(kanji) >= 20 and sum(map(_rare, kanji)) > _MOST * len(kanji):
        return True
    runs = [run for run in _LONE.findall(text) if sum(c in _CHINESE for c in run) < 0.08 * len(run)]
    return sum(map(len, runs)) > _MOST * sum(c.isalpha() for c in text)


@cache
def _rare(kanji: str) -> bool:
    """Whether it is common neither in Japan, nor in China, nor in Taiwan."""
    codes = ((kanji.encode(name, "ignore"), limit) for name, limit in _SECOND_LEVEL.items())
    return not any(len(code) == 2 and code < limit for code, limit in codes)


def _mixed(text: str) -> bool:
    """Scripts that change within words, or from word to word where neither is the Latin one."""
    letters = changes = 0
    before, apart = "", False
    for c in text:
        if not c.isalpha():
            before, apart = (before, True) if c == " " and not apart else ("", False)
            continue
        script = _script(c)
        letters += 1
        pair = {before, script} - {""}
        changes += len(pair) == 2 and not (pair <= _TOGETHER) and not (apart and "LATIN" in pair)
        before, apart = script, False
    return changes >= 3 and changes > 0.05 * letters


# Scripts that people write without a blank between, as in 「AIは」 or "GPT와"; Greek letters stand in formulas.
_TOGETHER = frozenset({"LATIN", "KANA", "HANGUL", "THAI"})


_SAME = {
    **dict.fromkeys(
        ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HALFWIDTH", "CJK", "IDEOGRAPHIC", "BOPOMOFO"), "KANA"
    ),
    **dict.fromkeys(
        (
            "FULLWIDTH",
            "GREEK",
            "MICRO",
            "ANGSTROM",
            "FEMININE",
            "MASCULINE",
            "MATHEMATICAL",
            "DOUBLE-STRUCK",
            "SCRIPT",
            "MODIFIER",
        ),
        "LATIN",
    ),
}


@cache
def _script(letter: str) -> str:
    name = unicodedata.name(letter, "").split(" ")[0]
    return _SAME.get(name, name)


def _unsayable(text: str) -> bool:
    words = [word for word in _WORD.findall(text) if not word.isupper()]  # HTTPS and HTML are spelled, not said
    return len(words) >= 5 and sum(bool(_UNSAYABLE.search(word.lower())) for word in words) > 0.3 * len(words)
