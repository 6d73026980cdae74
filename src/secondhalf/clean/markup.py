"""Refuses what extraction left behind: tags, templates, code of pages (markup), and banners, menus, notices (boilerplate).

Both are shares of the non-blank characters, so that a text of one line and a text of a hundred are judged alike. C4 (arXiv
1910.10683, section 2.2) drops any page with a curly bracket or "lorem ipsum", and lines that speak of JavaScript or
cookies; a share spares the text that merely mentions them.
"""

import re
from functools import cache

from pydantic import Field

from secondhalf.clean.lists import word_lists
from secondhalf.clean.rule import above
from secondhalf.rows import Document, Verdict
from secondhalf.settings import Settings


class MarkupSettings(Settings):
    """Shares of the non-blank characters, 0 to 1."""

    max_markup: float = Field(0.05, ge=0, le=1)
    """Largest share inside HTML tags and entities, wiki templates and tables, BBCode, JSON, CSS and scripts. Ours."""

    max_boilerplate: float = Field(0.1, ge=0, le=1)
    """Largest share in lines of menus, sharing buttons, cookie banners and legal notices, English and Japanese. Ours."""


# Each alternative begins with a sign and excludes its own opening, so no text is read twice.
_MARKS = re.compile(
    r"</?[A-Za-z!][^<>]{0,500}>"
    r"|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31});"
    r"|\{\{[^{}\n]{0,500}\}\}|\{\||\|\}|\{[^{}]{0,1000}\}"
    r"|\[\[[^\[\]\n]{0,200}\]\]"
    r"|\[/?(?:[biu]|url|img|quote|code|color|size|list|center|spoiler)(?:=[^\[\]\n]{0,200})?\]"
    r"|\]\([^()\s]{1,300}\)|\[edit\]|\[編集\]|'''",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[<&{}\[|]|'''")
# Whole lines: tables, keys of JSON, rules of CSS, statements of scripts.
_LINE = re.compile(
    r"(?<![ \t])[ \t]*+(?:\||\"[^\"\n]{1,60}\"[ \t]*:|[.#@]?[\w.# -]{1,60}\{[ \t]*$|(?<= )\{[ \t]*$"
    r"|(?:var|let|const)[ \t]+\w+[ \t]*="
    r"|function[ \t]*\w*\(|\$\(|\}[ \t;,)]*$|(?:document|window)\.\w+|[a-z-]{2,30}:[^\n;]{1,80};[ \t]*$)"
)
_CODE_SIGNS = re.compile(r"[{}|]")
_MAX_LINE = 200  # Characters of a line that can be boilerplate; a paragraph is none.
_BARS = (" | ", " > ", "»", "›", "｜", "＞")
_BAR = re.compile(r" [|>] |[»›｜＞]")


def check_markup(document: Document, settings: MarkupSettings) -> list[Verdict]:
    """Two verdicts, markup and boilerplate. Score: their share of the non-blank characters, 0 to 1; the span is the first one."""
    text = document.text
    solid = max(1, len("".join(text.split())))
    marks, notices = _markup_spans(text), _boilerplate_spans(text)
    return [
        _verdict(document, "markup", marks, solid, settings.max_markup, "markup left in the text"),
        _verdict(document, "boilerplate", notices, solid, settings.max_boilerplate, "menus and notices of a page"),
    ]


def _verdict(
    document: Document, check: str, spans: list[tuple[int, int]], solid: int, most: float, refusal: str
) -> Verdict:
    share = sum(len("".join(document.text[start:end].split())) for start, end in spans) / solid
    passed = share <= most
    reason = "" if passed else above(refusal, share, most, f"clean.markup.max_{check}")
    return Verdict(document.id, check, passed, share, reason, *(min(spans) if spans else (-1, -1)))


def _markup_spans(text: str) -> list[tuple[int, int]]:
    """The spans of markup, in order and apart from each other."""
    if not _SIGNS.search(text):
        return []
    matches = [m.span() for m in _MARKS.finditer(text) if m.group()[0] != "{" or _is_code(m.group())]
    offset = 0
    for line in text.split("\n") if _CODE_SIGNS.search(text) else ():
        if _LINE.match(line):
            matches.append((offset, offset + len(line)))
        offset += len(line) + 1
    spans: list[tuple[int, int]] = []
    for start, end in sorted(matches):
        if not spans or start >= spans[-1][1]:
            spans.append((start, end))
    return spans


def _is_code(braces: str) -> bool:
    """Braces around a set or a name are mathematics; around a colon, a semicolon or a bar, they are code."""
    return braces.startswith("{{") or any(sign in braces for sign in ":;|")


def _boilerplate_spans(text: str) -> list[tuple[int, int]]:
    """The spans of lines that phrases of pages fill to a third, or that are short items between bars."""
    spans, offset = [], 0
    lines = text.split("\n")
    phrases = _phrases_in(" ".join(line for line in lines if len(line) <= _MAX_LINE).lower())
    if not phrases and not any(sign in text for sign in _BARS):
        return []
    for line in lines:
        bare = line.strip()
        if 0 < len(bare) <= _MAX_LINE and (_is_filled(bare.lower(), phrases) or _is_menu(bare)):
            start = offset + len(line) - len(line.lstrip())
            spans.append((start, start + len(bare)))
        offset += len(line) + 1
    return spans


def _phrases_in(lowered: str) -> list[str]:
    """The phrases that occur; an English one is looked for when its first word is there."""
    matches = [phrase for phrase in word_lists("phrases")["ja"] if phrase in lowered] if not lowered.isascii() else []
    english = _by_first_word()
    for word in english.keys() & set(lowered.split()):
        matches += [phrase for phrase in english[word] if phrase in lowered]
    return matches


@cache
def _by_first_word() -> dict[str, list[str]]:
    english: dict[str, list[str]] = {}
    for phrase in word_lists("phrases")["en"]:
        english.setdefault(phrase.split()[0], []).append(phrase)
    return english


def _is_filled(line: str, phrases: list[str]) -> bool:
    return 3 * sum(len(phrase) for phrase in phrases if phrase in line) >= len(line)


def _is_menu(line: str) -> bool:
    items = _BAR.split(line)
    return len(items) > 2 and all(0 < len(item.strip()) <= 30 for item in items)
