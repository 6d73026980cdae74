"""Lines and cells as running text: words divided at a line's end are joined, lines of one paragraph run on, and cells of
figures and labels are told from those that hold sentences."""

import re
from collections.abc import Iterable

from secondhalf.text.language import count_words, is_spaceless

SENTENCE_END = re.compile(r"[.!?:;。．！？：；…][\"'”’)）\]」』】]*$")
_LAST_HYPHEN = re.compile(r"(?<!\w)(\w++)[-\u2010\u00ad]$")
_FIRST_WORD = re.compile(r"^\w+")
_WIDE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef…―]")
_BLANK_LINES = re.compile(r"\n[ \t\u3000]*\n")
_ITEM = re.compile(r"[-*+•・●○◆■□▶※]|\(?\d{1,3}[.)]\s|[(（]?[\d０-９]{1,3}[)）．]|[　]")
_SHORTEST_COLUMN, _FULL_LINE = 40, 0.7  # characters of a column, and its share that a line must fill to go on
_MIN_WORDS, _MIN_CHARACTERS = 5, 12  # of a cell with a sentence: English words, Japanese characters
_LONG_WORDS, _LONG_CHARACTERS = 20, 40  # so long a cell is running text, whatever it ends with


def join_lines(lines: Iterable[str], known: frozenset[str] = frozenset()) -> str:
    """The lines of one paragraph as one. Between Japanese characters there is no blank; a word divided by a hyphen is one
    word, and keeps the hyphen where `known`, the document's other words in lower case, has it so and not without."""
    parts: list[str] = []  # the last of them is all that the next line needs to see
    for line in (one.strip() for one in lines):
        if not line:
            continue
        if not parts:
            parts.append(line)
        elif (first := _LAST_HYPHEN.search(parts[-1])) and (second := _FIRST_WORD.match(line)):
            parts[-1] = parts[-1][:-1]
            parts.append(("-" if _keeps_hyphen(first[1], second[0], known) else "") + line)
        else:
            parts.append(line if meet_without_blank(parts[-1], line) else f" {line}")
    return "".join(parts).replace("\u00ad", "")


def meet_without_blank(before: str, after: str) -> bool:
    """Whether the one ends and the other begins with a Japanese character, between which there is no blank."""
    return bool(_WIDE.match(before[-1:]) and _WIDE.match(after[:1]))


def _keeps_hyphen(first: str, second: str, known: frozenset[str]) -> bool:
    whole, with_hyphen = f"{first}{second}".lower(), f"{first}-{second}".lower()
    return not second[0].islower() or (with_hyphen in known and whole not in known)


def unwrapped(text: str) -> str:
    """A text whose writer broke its lines at a column: each paragraph's lines run on. Short lines (verse, an address) stay."""
    return as_text(_unwrapped(block.split("\n")) for block in _BLANK_LINES.split(text))


def _unwrapped(lines: list[str]) -> str:
    lines = [line.strip() for line in lines if line.strip()]
    longest = max(map(len, lines), default=0)
    wide = longest >= (_SHORTEST_COLUMN // 2 if is_spaceless(" ".join(lines)) else _SHORTEST_COLUMN)
    paragraphs: list[list[str]] = []
    for line in lines:
        goes_on = paragraphs and len(paragraphs[-1][-1]) > _FULL_LINE * longest and not _ITEM.match(line)
        if wide and goes_on:
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return "\n".join(map(join_lines, paragraphs))


def ends_sentence(text: str) -> bool:
    """Whether a text ends as sentences do, a quotation's or a bracket's end after it."""
    return SENTENCE_END.search(text.rstrip()) is not None


def is_running_text(text: str) -> bool:
    """Whether a cell of a table holds a sentence, and no figure or label."""
    if not text:
        return False
    words, spaceless = count_words(text), is_spaceless(text)
    if words >= (_LONG_CHARACTERS if spaceless else _LONG_WORDS):
        return True
    return words >= (_MIN_CHARACTERS if spaceless else _MIN_WORDS) and ends_sentence(text)


def as_text(paragraphs: Iterable[str]) -> str:
    """The paragraphs as one text, an empty line between them."""
    return "\n\n".join(paragraph for paragraph in (one.strip() for one in paragraphs) if paragraph)
