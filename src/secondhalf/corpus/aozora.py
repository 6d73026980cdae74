"""Texts of Aozora Bunko (aozora.gr.jp) as running text: readings, notes of those who typed it in, the explanation of their marks
and what the text was taken from are left out, as the marks' explanation has them.

Only a file that explains these marks at its beginning is changed: elsewhere 《》 are marks of quotation.
"""

import re

_EXPLANATION = "【テキスト中に現れる記号について】"
_HEAD = 3000  # characters in which the explanation stands
_RULE = re.compile(r"^-{20,}$", re.MULTILINE)
_MISSING = re.compile(r"※［＃[^］\n]{0,200}］")  # a character that was in no set of theirs
_NOTE = re.compile(r"［＃[^］\n]{0,200}］")
_READING = re.compile(r"《[^》\n]{1,100}》")
_SOURCE = re.compile(r"^底本：", re.MULTILINE)


def without_aozora_marks(text: str) -> str:
    """The text, its lines ending in \\n; unchanged where it does not explain these marks."""
    place = text.find(_EXPLANATION, 0, _HEAD)
    if place < 0:
        return text
    begins = [match.start() for match in _RULE.finditer(text, 0, place)]
    end = _RULE.search(text, place)
    if begins and end:
        text = text[: begins[-1]] + text[end.end() :].lstrip("\n")
    sources = [match.start() for match in _SOURCE.finditer(text)]
    if sources:
        text = text[: sources[-1]].rstrip() + "\n"
    for pattern, kept in ((_MISSING, "〓"), (_NOTE, ""), (_READING, "")):
        text = pattern.sub(kept, text)
    return text.replace("｜", "")
