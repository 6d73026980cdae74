"""Does a reply end in the middle of a sentence, though its teacher says that it came to its end?

English: its last line ends in a comma or in a word that no sentence ends in, or it is a long line of prose without a stop.
Japanese: it ends in a comma, or in a particle or verb form that something must follow. Lists, verse, code, tables, addresses,
names and headings end without a stop as they should: a short last line passes where it does not end in such a word.
"""

import re

from secondhalf.models.finish import has_ended
from secondhalf.rows import Pair, Verdict
from secondhalf.text.language import is_spaceless

_PROSE = 8  # words in a line, from which it should end in a stop
_OPEN_WORDS = frozenset(
    str.split(
        "a an the and or but nor of to in on at by for with from into than that which who whom whose whether if because although "
        "while when where as is are was were be been being has have had do does did will would shall should can could may might "
        "must not very such its their his her our my your this these those every each some any between about toward towards "
        "through during without within upon under over against among until unless since per"
    )
)
_LIST_ITEM = re.compile(r"\s*+(?:[-*•・●◆■]|\d{1,3}[.)．、])\s*+")
_CODE = re.compile(r"\A(?: {4}|\t)|[={}<>|]|\breturn\b")
_JA_OPEN = re.compile(
    r"(?:[、，:：を]|(?<!ま)で|(?<!こん)に|[^\W\d_a-zA-Z](?:が|は|と|の|も|へ|や|て)|から(?=$)|ながら|その|この|あの|やがて|、その|ので|けれど)$"
)
_JA_CLOSED = re.compile(r"(?:まで|ません|ました|です|ます|[。．.!?！？…‥」』）)】］〉》”\"'♪〜～*☆])$")


def check_cut_end(pair: Pair) -> Verdict:
    """Score: 1 where a reply that was not cut at a limit ends in the middle of a sentence, else 0. The span is its last line."""
    text = pair.response.rstrip() if has_ended(pair.finish) else ""
    start = text.rfind("\n") + 1
    line = text[start:]
    passed = not line or not (_is_cut_ja if is_spaceless(line) else _is_cut)(text, line)
    if passed:
        return Verdict(pair.id, "cut_end", True, 0.0)
    return Verdict(pair.id, "cut_end", False, 1.0, "the reply ends in the middle of a sentence", start, len(text))


def _is_cut(text: str, line: str) -> bool:
    if line[-1] in ",;(" or (line[-1] == ":" and len(line.split()) >= _PROSE):
        return not _CODE.search(line)
    word = line.rsplit(maxsplit=1)[-1]
    if not word.replace("\u2019", "'").replace("'", "").isalpha() or _CODE.search(line):  # an address, a figure
        return False
    if word in _OPEN_WORDS and len(line.split()) > 1:
        return True
    is_verse = text.count("\n") >= 2 and not _LIST_ITEM.match(line)
    return len(line.split()) >= (2 * _PROSE if is_verse else _PROSE) and not _LIST_ITEM.match(line)


def _is_cut_ja(text: str, line: str) -> bool:
    if _JA_CLOSED.search(line[-4:]) or (_LIST_ITEM.match(line) and len(line) < 12 and line[-1] not in "、，"):
        return False
    return bool(_JA_OPEN.search(line[-8:]))
