"""What a cut should not tear apart: a sign as readers see it, and a word where words have no spaces.

Knows the common cases of Unicode's grapheme clusters (annex 29) and Japanese line breaking (JIS X 4051), not all of
them; Indic conjuncts and dictionary words are beyond it.
"""

import re
import unicodedata

from secondhalf.text.language import is_spaceless

# Characters that lean on the one before them although Unicode does not file them as marks: joiners, Thai and Lao AM,
# half-width voicing marks, skin tones, flag tags.
_LEANING = re.compile("[\u200c\u200d\u0e33\u0eb3\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_FLAG_LETTER = re.compile("[\U0001f1e6-\U0001f1ff]")
_HANGUL_LEAD = re.compile("[\u1100-\u115f\ua960-\ua97c]")
_HANGUL = re.compile("[\u1100-\u11ff\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb]")
_HANGUL_TAIL = re.compile("[\u1160-\u11ff\ud7b0-\ud7fb]")

_HIRAGANA = re.compile("[\u3041-\u309f]")
_NEVER_FIRST = frozenset(
    "、。，．・：；？！」』）】〉》〕］｝’”…‥ーゝゞヽヾ々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ｡｣､ｰｧｨｩｪｫｬｭｮｯ,.:;?!)]}%％"
)
_NEVER_LAST = frozenset("「『（【〈《〔［｛‘“｢([{￥＄#＃")


def splits_sign(text: str, offset: int) -> bool:
    """True when a cut at `offset` (0 < offset < len) falls inside what a reader sees as one sign."""
    before, after = text[offset - 1], text[offset]
    if before.isascii() and after.isascii():
        return before == "\r" and after == "\n"
    if unicodedata.category(after).startswith("M") or _LEANING.match(after):
        return True
    if before == "\u200d":
        return not after.isspace()
    if _FLAG_LETTER.match(after):
        return _flag_letters_before(text, offset) % 2 == 1
    if _HANGUL_TAIL.match(after):
        return bool(_HANGUL.match(before))
    return bool(_HANGUL_LEAD.match(before) and _HANGUL.match(after))


def _flag_letters_before(text: str, offset: int) -> int:
    """Two such letters make a flag, so a cut is safe only after an even number of them."""
    start = offset
    while start > 0 and _FLAG_LETTER.match(text[start - 1]):
        start -= 1
    return offset - start


def has_hiragana(text: str) -> bool:
    """True for Japanese: Chinese is written without spaces too, and has no hiragana."""
    return bool(_HIRAGANA.search(text))


def splits_word(before: str, after: str, *, japanese: bool) -> bool:
    """True when a cut between two characters likely falls inside a word, or would strand punctuation.

    In Japanese a phrase mostly ends in hiragana and the next begins in another script; a cut is good there and at
    punctuation. Chinese gives no such sign, so only its punctuation and words in Latin letters are kept whole.
    """
    if after in _NEVER_FIRST or before in _NEVER_LAST:
        return True
    if not (before.isalnum() and after.isalnum()):
        return False
    if japanese:
        return bool(_HIRAGANA.match(after)) or not _HIRAGANA.match(before)
    return not (is_spaceless(before) or is_spaceless(after))
