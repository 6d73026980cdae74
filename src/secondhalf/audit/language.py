"""Is a reply in its pair's language, as a whole and sentence by sentence?

Names, titles, quotations and what stands in brackets are no switch, nor is a language that the prompt has itself. Languages with
a script of their own are known by it; Chinese in Japanese by characters that Japanese does not have; a language in Latin letters
among English by a sentence without any word of English's own, of which the detector is sure.
"""

import re
from collections.abc import Iterator

from secondhalf.rows import Pair, Verdict
from secondhalf.text.language import detect
from secondhalf.text.quotations import without_quotations
from secondhalf.text.units import comparable_units

_MIN_CONFIDENCE = 0.5  # below this the detector guesses, and a guess refuses nothing
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*+")
_BRACKETS = re.compile(r"\([^()\n]*\)|（[^（）\n]*）|\[[^\[\]\n]*\]")
_CODE = re.compile(r"[=\[\]{}<>|\\]|://|\w\(")
_KANA, _HAN, _LATIN = (
    re.compile("[\u3041-\u30ff]"),
    re.compile("[\u3400-\u9fff]"),
    re.compile(r"[A-Za-z\u00c0-\u024f]+"),
)
_OTHER = {
    "ko": re.compile("[\uac00-\ud7af]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "hi": re.compile("[\u0900-\u097f]"),
}
"""Scripts by a language that is written in them: which of several languages it is, is not told."""
# Forms of characters that are common in Chinese and that Japanese has not, and Chinese pronouns and particles.
_CHINESE = re.compile(
    "[们这那吗呢没你她个么说为时间后来对过还从经问题现发开关门见长东车马鸟语话请谁让认识给应该寻资阅览划费两]|的|了"
)
_JAPANESE_TOO = re.compile("[来東車馬鳥間開関門見長語話時後対過現発問題経資従説]")
_SURE = 20
_WORDS, _LETTERS, _HAN_LETTERS = 5, 8, 8  # the shortest sentence that counts, in its words or its letters
_ENGLISH = frozenset(
    str.split(
        "the a an and or of to in is was were are be been he she it they we you i his its her their our my for with on at by "
        "from as that this which who not but had has have do did no all one there when so if would will can what said them him "
        "me out up then into than more some only after about over such could other were nor any these those now how where while "
        "don't it's i'm thou thy never nothing"
    )
)
# Without what other languages write alike.
_ENGLISH_ALONE = _ENGLISH - frozenset(
    str.split("a an in is me no on so do has he was will as for all one more these it or at what")
)


def check_language(pair: Pair) -> Verdict:
    """A reply in another language than its pair. Score: the detector's confidence in the reply's language, 0 to 1; 1 where kana,
    or English's own small words, leave no doubt and it is not asked."""
    beyond_doubt = {"en": _mostly_english, "ja": _mostly_kana}.get(pair.language)
    code, confidence = (pair.language, 1.0) if beyond_doubt and beyond_doubt(pair.response) else detect(pair.response)
    passed = not code or code == pair.language or confidence < _MIN_CONFIDENCE
    return Verdict(
        pair.id, "language", passed, confidence, "" if passed else f"the reply is in {code}, not {pair.language}"
    )


def check_language_switch(pair: Pair) -> Verdict:
    """A reply of which a sentence is in another language than the pair. Score: 1 when there is one, else 0; the span is that
    sentence, in the response."""
    for start, end, code in _switches(pair.response, pair.language):
        if all(code != other for _, _, other in _switches(pair.prompt, pair.language)):
            reason = f"a sentence of the reply is in another language: {code}"
            return Verdict(pair.id, "language_switch", False, 1.0, reason, start, end)
    return Verdict(pair.id, "language_switch", True, 0.0)


def _mostly_english(text: str) -> bool:
    """Whether a fifth of a text of at least twenty words are common words that English alone has."""
    units = comparable_units(text)
    return len(units) >= _SURE and 5 * sum(map(_ENGLISH_ALONE.__contains__, units)) >= len(units)


def _mostly_kana(text: str) -> bool:
    """Whether a text of any length is Japanese beyond doubt; looked up in its beginning, middle and end."""
    third = max(0, len(text) // 2 - 100)
    parts = (text[:200], text[third : third + 200], text[-200:])
    return all(4 * len(_KANA.findall(part)) > len(part) for part in parts)


def _switches(text: str, language: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and language of each sentence that is in another one."""
    if language not in ("en", "ja"):
        return
    bare = without_quotations(text)
    if "(" in bare or "（" in bare or "[" in bare:
        bare = _BRACKETS.sub(lambda match: " " * len(match[0]), bare)
    for sentence in _SENTENCE.finditer(bare):
        part = sentence[0]
        code = _foreign_script(part, language) or (_foreign_latin(part, language) if _is_latin(part) else "")
        if code:
            start = sentence.start() + len(part) - len(part.lstrip())
            yield start, sentence.end(), code


def _foreign_script(sentence: str, language: str) -> str:
    if sentence.isascii():
        return ""
    letters = sum(map(str.isalpha, sentence))
    if letters < _LETTERS:
        return ""
    for code, script in _OTHER.items():
        if 2 * len(script.findall(sentence)) > letters:
            return code
    kana, han = len(_KANA.findall(sentence)), len(_HAN.findall(sentence))
    if language == "en" and 2 * (kana + han) > letters:
        return "ja" if kana else "zh"
    if language == "ja" and not kana and han >= _HAN_LETTERS:
        chinese = [c for c in _CHINESE.findall(sentence) if not _JAPANESE_TOO.match(c)]
        return "zh" if len(chinese) >= 2 else ""
    return ""


def _is_latin(sentence: str) -> bool:
    return sentence.isascii() or not (_KANA.search(sentence) or _HAN.search(sentence))


def _foreign_latin(sentence: str, language: str) -> str:
    words = sentence.lower().split()
    if len(words) < _WORDS or (language == "en" and not _ENGLISH_ALONE.isdisjoint(words)):
        return ""
    if len(_LATIN.findall(sentence)) < _WORDS or _CODE.search(sentence):
        return ""
    if language == "ja":
        return detect(sentence)[0] if any(word.islower() for word in _LATIN.findall(sentence)) else ""
    if sum(word[:1].isupper() for word in sentence.split()) * 2 > len(words):  # a list of names, a title
        return ""
    code, confidence = detect(sentence)
    return code if code not in ("", "en") and confidence >= 0.6 else ""
