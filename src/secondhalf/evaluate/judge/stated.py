"""What a judge says itself, apart from what it quotes: a grade or a label in a quotation, or in code, is not its own.

Judges copy the quotation marks of the form that they are shown. So a quotation is the verdict where nothing comes after it and it
fills its line, or follows a word such as Rating.
"""

import re
from collections.abc import Iterator

NAMES = r"(?:rating|grade|score|verdict|label|評価|評点|点数|採点|判定)"
"""Words before a verdict."""
_NAMED = re.compile(rf"{NAMES}(?:[^\S\n]+(?:is|would[^\S\n]+be)|は)?", re.IGNORECASE)
_OPENING = re.compile('```|[`"“「『]')
# What closes each of them: of all but a fence on the same line.
_CLOSING = {"```": "```", "`": "`", '"': '"', "“": "”", "「": "」", "『": "』"}


def without_quotations(reply: str) -> str:
    """The reply without its quotations, but for one that is the verdict."""
    last_word = _last_word(reply, len(reply))
    its_line_end = reply.find("\n", last_word + 1)
    names = {name.end() for name in _NAMED.finditer(reply)}
    parts, position = [], 0
    for start, end in _quotations(reply):
        kept = False
        if last_word < end:  # nothing comes after it
            word, line_end = last_word, its_line_end
            if word >= start:  # it stands in this quotation
                word = _last_word(reply, start)
                line_end = reply.find("\n", word + 1, start)
            kept = word < 0 or word + 1 in names or 0 <= line_end < start
        parts += [reply[position:start], reply[start:end] if kept else ""]
        position = end
    return "".join([*parts, reply[position:]])


def _quotations(reply: str) -> Iterator[tuple[int, int]]:
    """Start and end of each quotation, in order and apart. Each closing mark is looked for once, however many open before it."""
    nearest = dict.fromkeys((*_CLOSING.values(), "\n"), -1)

    def find(mark: str, start: int) -> int:
        if nearest[mark] < start:
            place = reply.find(mark, start)
            nearest[mark] = place if place >= 0 else len(reply)
        return nearest[mark]

    position = 0
    while opening := _OPENING.search(reply, position):
        position = opening.start() + 1
        # A fence that is never closed may be two backticks around nothing.
        for mark in (opening[0], opening[0][0]) if opening[0] == "```" else (opening[0],):
            start = opening.start() + len(mark)
            end = find(_CLOSING[mark], start)
            if end < (len(reply) if mark == "```" else find("\n", start)):
                position = end + len(_CLOSING[mark])
                yield opening.start(), position
                break


def _last_word(text: str, end: int) -> int:
    """The place of the last letter, digit or underscore before `end`; -1: there is none."""
    return next((place for place in range(end - 1, -1, -1) if text[place].isalnum() or text[place] == "_"), -1)
