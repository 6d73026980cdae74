"""What stands around a run of capitalised words: whether a name is introduced there, or something that is called after a person.

Every function looks at a few dozen characters before or behind, however long the text is.
"""

import re

from secondhalf.clean.personal.person.capitals import Word, names_list

_INTRODUCED = {"by", "(by", "dear", "named", "signed", "©"}
_INTRODUCED_BY_TWO = {("name", "is"), ("thanks", "to"), ("interview", "with"), ("signed", "by"), ("love", "from")}
_GREETINGS = {"dear", "hi", "hello", "hey"}
_CLOSINGS = {"regards", "best", "wishes", "sincerely", "cheers", "faithfully", "thanks", "truly", "yours", "love"}
_POSSESSIVES = {"his", "her", "my", "our", "their", "your"}
# Before a name they make a place of it; before a letter, a part of a book or a kind.
_PLACES = {"st", "saint", "san", "santa", "são", "sao", "fort", "port", "new", "mount", "lake", "cape", "los", "las"}
_NUMBERED = {
    "section",
    "appendix",
    "figure",
    "table",
    "part",
    "plan",
    "type",
    "class",
    "vitamin",
    "option",
    "group",
    "grade",
    "point",
    "line",
}
_SPEECH = {"said", "told", "asked", "wrote", "replied", "asks", "says"}
_HEARERS = {"him", "her", "me", "them", "us", "his", "reporters", "whether"}
_JAPANESE_BEHIND = ("によ", "氏", "さん", "様", "博士", "教授", "に感謝", "先生")
_LABEL_ENDS = re.compile(r"[\s:;,.(]")


def words_before(text: str, start: int) -> tuple[str, str]:
    """The last two words before, in small letters, with their signs; "" where there is none."""
    words = text[max(0, start - 40) : start].lower().split()
    return (words[-2] if len(words) > 1 else "", words[-1] if words else "")


def is_called_after(text: str, words: list[Word], start: int, end: int) -> bool:
    """Whether words[start:end] is a street, a firm, a place: by the word behind, by the word before, by "&" or an article."""
    if end < len(words) and words[end].kind != "title" and not words[end - 1].owns:
        return True
    if start and words[start - 1].low in _PLACES:
        return True
    behind = text[words[end - 1].end : words[end - 1].end + 3]
    if behind == " & " or behind[:1] in {"®", "™", "/", "_", "@"}:
        return True
    before = text[max(0, words[start].start - 6) : words[start].start].lower()
    return before.endswith(("& ", "the ", " a ", " an ")) or before in {"a ", "an "}


def starts_sentence(text: str, start: int) -> bool:
    """Whether its capital may be that of a sentence, an item or a heading."""
    lead = text[max(0, start - 8) : start].rstrip(" \t“\"'‘(")
    return not lead or lead[-1] in ".!?\n*-•:。"


def may_have_initials(text: str, words: list[Word], place: int, *, known: bool) -> bool:
    """Whether an initial here begins a name: not behind "Appendix" or "Plan", where it is a letter that counts, and at the
    beginning of a line or a sentence only before a `known` surname."""
    if place:
        return words[place - 1].kind in {"title", "common"} and words[place - 1].low not in _NUMBERED
    lead = text[max(0, words[0].start - 24) : words[0].start].rstrip(" \xa0")
    last = "" if lead.endswith("\n") else "".join(lead.split()[-1:])  # of a tab alone there is none
    if last.islower() or last[-1:] in {"(", ",", ";", "&"}:
        return last not in _NUMBERED
    return known or len(words[place].low) > 1


def is_labelled(text: str, start: int) -> bool:
    """Whether a label and a colon stand right before it in its line: "Chair:", "Reviewed-by:"."""
    lead = text[max(0, start - 40) : start].rstrip(" \t")
    return lead.endswith(":") and _LABEL_ENDS.split(lead[:-1])[-1].lower() in names_list("labels")


def is_signed(text: str, start: int) -> bool:
    """Whether the line before is a letter's "Kind regards,"."""
    lead = text[max(0, start - 60) : start]
    line = lead.rstrip("\n ").rpartition("\n")[2].strip().lower()
    return (
        lead.endswith("\n")
        and line.endswith(",")
        and line[:-1].split()[-1:] != []
        and line[:-1].split()[-1] in _CLOSINGS
    )


def is_introduced(text: str, start: int, end: int) -> bool:
    """Whether several capitalised words are a name by what stands around them, whatever they are."""
    before = words_before(text, start)
    if before[1] in _INTRODUCED or before in _INTRODUCED_BY_TWO or is_labelled(text, start) or is_signed(text, start):
        return True
    lead = text[max(0, start - 40) : start].lower()
    if lead.rstrip(" ,")[-4:].isdigit() and ("copyright" in lead or "(c)" in lead or "©" in lead):
        return True
    if text[end : end + 1] == ")" and lead.endswith("("):
        return text[max(0, start - 300) : start].rpartition("\n")[2].lstrip().startswith(("* ", "- ", "+ "))
    return text[end : end + 8].lstrip(" ").startswith(_JAPANESE_BEHIND)


def only_a_person(text: str, words: list[Word], place: int) -> bool:
    """Whether one capitalised word, whatever it is, stands where only a person can: in a greeting, behind a label."""
    word = words[place]
    before, last = words_before(text, word.start)
    behind = text[word.end : word.end + 40]
    if last in _GREETINGS or (place and words[place - 1].low in _GREETINGS):
        return behind[:1] in {"", ",", ":", "!", "\n", "."}
    signed = is_signed(text, word.start) and behind[:1] in {"", "\n"}
    labelled = is_labelled(text, word.start) and (behind[:1] in {"", "\n", ";", "."} or behind[:4] == " to ")
    kin = before in _POSSESSIVES and last.strip(",") in names_list("kin")
    return signed or labelled or kin or _does(word, behind)


def _does(word: Word, behind: str) -> bool:
    """Whether what stands behind a word can only be a person's: "smiled", "told him", "'s brother", "who"."""
    following = [part.strip(",.;:!?”’\"'") for part in behind.split(maxsplit=2)]
    if word.owns:
        return len(following) > 1 and following[1] in names_list("of people")
    if behind.startswith((", who ", ", whose ")):
        return not word.low.endswith("s")
    if behind[:1] != " " or not following:
        return False
    hears = len(following) > 1 and following[1] in _HEARERS
    return following[0] in names_list("verbs of people") or (following[0] in _SPEECH and hears)


def acts(text: str, word: Word) -> bool:
    """Whether what stands behind it is what people do, or is theirs, and no "at" or "in" stands before it."""
    behind = text[word.end : word.end + 24].split(maxsplit=1)
    if words_before(text, word.start)[1] in {"at", "in", "for", "with", "near", "use", "using", "from", "of", "to"}:
        return False
    return word.owns or (text[word.end : word.end + 1] == " " and bool(behind) and behind[0] in names_list("verbs"))
