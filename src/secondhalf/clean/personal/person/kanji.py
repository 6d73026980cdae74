"""Names of people in kanji: which runs of kanji are one, by short word lists and by what stands around them.

A surname that is a place or a word too (石川, 林) needs a given name, a form of address, or a label before it. A run is taken
whole: 松本製作所 and 上野公園 begin with a surname and are none.
"""

import re
from functools import cache
from typing import NamedTuple

from secondhalf.clean.personal.person.japanese_words import (
    is_addressed,
    is_full_name,
    is_given,
    is_in_office,
    is_like_a_surname,
    is_listed,
    is_surname,
    japanese,
)

KANJI = "一-龯㐀-䶿々〆"
_RUN = re.compile(f"[{KANJI}]++(?:[ヶケヵ][{KANJI}]++)*+")
_BLANKS = {" ", "\u3000"}
_LONGEST = 16
"""Characters of a run in which a name is looked for; longer ones are terms."""
# What stands behind a name that nothing else marks.
_BEHIND = re.compile("[はがもとのにをへ、。，．）)」』・\u3000 \n」,]|より|から|まで|です|でし|でご|だ|って|ら|や|$")
_NAMED = ("と申", "と名乗", "という者", "という男", "という女", "と言います", "といいます")
_PRESENTED = ("です", "でございます", "と申", "でした", "だ")
_GIVEN_TAILS = ("太郎", "次郎", "一郎", "三郎", "四郎", "五郎", "衛門", "之助", "之介", "兵衛")
_KANA = re.compile("[ぁ-ん]{2,8}+|[ァ-ヴー]{2,5}+(?![ァ-ヴー])")
_MOST_KANA = 5  # characters of a given name
_SENTENCE = re.compile("[。\n]")
_HIRAGANA = re.compile("[ぁ-ん]")
_LABEL_CUT = re.compile("[ 　、。／（(【】「」\t]")


class _Run(NamedTuple):
    """A run of kanji: where it begins, the part that may be a name, and the form of address or the role behind that."""

    start: int
    base: str
    address: str
    role: str


def kanji_names(text: str) -> list[tuple[int, int]]:
    """Start and end of each name, in characters, in order."""
    spans: list[tuple[int, int]] = []
    addressed: set[str] = set()
    left: list[_Run] = []
    last: _Run | None = None
    for match in _RUN.finditer(text):
        if match.end() - match.start() > _LONGEST:
            last = None
            continue
        run = _run(text, *match.span())
        start, end = run.start, run.start + len(run.base)
        before = last if last and text[last.start + len(last.base) : start] in _BLANKS and not last.address else None
        last = run
        if before and _is_pair(before.base, run):
            if spans and spans[-1][0] >= before.start:
                spans.pop()
            spans.append((before.start, end))
        elif kana := _kana_behind(text, run, end):
            spans.append((start, kana))
        elif (lead := _lead(run)) or _is_name(text, run, end):
            spans.append((start + lead, end))
            if run.address or run.role:
                addressed.add(run.base)
        else:
            left.append(run)
    again = [(run.start, run.start + len(run.base)) for run in left if _is_repeated(text, run, addressed)]
    return sorted(spans + again)


@cache
def addresses() -> tuple[str, ...]:
    """Forms of address, the longest first."""
    return _longest_first(japanese("honorifics"))


@cache
def roles() -> tuple[str, ...]:
    """Roles behind a surname, the longest first."""
    return _longest_first(japanese("roles") | japanese("roles of places"))


@cache
def _leads() -> tuple[str, ...]:
    return _longest_first(japanese("who") | {"故", "元", "旧姓"})


def _longest_first(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _run(text: str, start: int, end: int) -> _Run:
    written = text[start:end]
    role = _ending(written, roles())
    if role:
        return _Run(start, written.removesuffix(role), "", role)
    address = _ending(written, addresses())
    if address:
        return _Run(start, written.removesuffix(address), address, "")
    said = written.find("氏")
    if said > 1 and is_full_name(written[:said]):
        return _Run(start, written[:said], "氏", "")
    if text.startswith(addresses(), end):
        return _Run(start, written, next(word for word in addresses() if text.startswith(word, end)), "")
    return _Run(start, written, "", "")


def _ending(written: str, words: tuple[str, ...]) -> str:
    """The word that ends it and is not all of it; "" where none does."""
    if not written.endswith(words):
        return ""
    return next((word for word in words if len(word) < len(written) and written.endswith(word)), "")


def _is_pair(surname: str, run: _Run) -> bool:
    """Whether a surname, a blank and a given name stand there."""
    if is_surname(surname):
        return is_given(run.base) or (bool(run.address) and 1 <= len(run.base) <= 3)
    return is_like_a_surname(surname) and is_given(run.base)


def _kana_behind(text: str, run: _Run, end: int) -> int:
    """Where a given name in kana behind a surname ends; 0 where none stands there."""
    if run.address or run.role or not is_surname(run.base):
        return 0
    begin = end + (text[end : end + 1] in _BLANKS)
    kana = _KANA.match(text, begin)
    for length in range(min(_MOST_KANA, len(kana.group())), 1, -1) if kana else ():
        if text[begin : begin + length] in japanese("given kana") and _ends(text, begin + length):
            return begin + length
    return 0


def _ends(text: str, end: int) -> bool:
    """Whether a given name in hiragana ends there: before a particle, a form of address, or anything else than hiragana."""
    return bool(_BEHIND.match(text, end)) or not _HIRAGANA.match(text, end) or text.startswith(addresses(), end)


def _lead(run: _Run) -> int:
    """How many characters of the run say who is named; 0 where what follows them is no full name."""
    if len(run.base) < 4 or not run.base.startswith(_leads()):
        return 0
    for word in _leads():
        if run.base.startswith(word) and is_full_name(run.base[len(word) :]) and not is_full_name(run.base):
            return len(word)
    return 0


def _is_name(text: str, run: _Run, end: int) -> bool:
    base = run.base
    if run.address == "殿":
        return len(base) > 1 and (is_full_name(base) or is_surname(base))
    if run.address or run.role:
        return is_addressed(base) if run.address else is_in_office(base, run.role)
    if is_full_name(base):
        return not _is_first_of_more(text, end)
    if len(base) > 1 and _is_plain(base) and _BEHIND.match(text, end):
        return True
    # A colon behind it makes a label of it: 金：.
    if not is_listed(base) or text[end : end + 1] in {"：", ":"}:
        return False
    return _is_presented(text, run.start, end) or _is_labelled(text, run.start)


def _is_plain(base: str) -> bool:
    """Whether it is a name wherever it stands alone."""
    listed = base in japanese("surnames") or base in japanese("given")
    return listed or (len(base) > 2 and base.endswith(_GIVEN_TAILS))


def _is_first_of_more(text: str, end: int) -> bool:
    """Whether the run goes on in katakana: 宮崎ビル."""
    return "ァ" <= text[end : end + 1] <= "ヴ"


def _is_presented(text: str, start: int, end: int) -> bool:
    """Whether somebody is named: 担任の狩野は, 総務部の綾瀬です, 花房と申します."""
    if text.startswith(_NAMED, end):
        return True
    lead = text[max(0, start - 6) : start]
    if not lead.endswith("の") or not lead[:-1].endswith(tuple(japanese("who"))):
        return False
    known = text[start:end] not in japanese("surnames or words")
    return text.startswith(_PRESENTED, end) or (known and bool(_BEHIND.match(text, end)))


def _is_labelled(text: str, start: int) -> bool:
    """Whether a label and a colon stand before it in its sentence, with nothing but other names between: 出席者：高梨、綾瀬."""
    lead = _SENTENCE.split(text[max(0, start - 60) : start])[-1]
    label, colon, between = lead.replace(":", "：").replace("＝", "：").rpartition("：")
    if colon:
        return not _HIRAGANA.search(between) and _LABEL_CUT.split(label.rstrip())[-1] in japanese("labels")
    if lead.endswith("\u3000"):
        return _LABEL_CUT.split(lead.rstrip())[-1] in japanese("labels")
    return False


def _is_repeated(text: str, run: _Run, addressed: set[str]) -> bool:
    """Whether somebody addressed elsewhere is named here without a form of address."""
    known = run.base in addressed and len(run.base) > 1 and run.base not in japanese("surnames or words")
    return known and bool(_BEHIND.match(text, run.start + len(run.base)))
