"""Ends a growing answer at the first marker of a turn that the model wrote out as text: <|im_end|> and its kin.

What could be the beginning of a marker is held back. Markers that are quoted or in code are the text's own (models/markup/).
"""

from secondhalf.models.markup.end_markers import first_end, without_end, without_head

_LONGEST = 40  # characters of a marker, with some to tell whether it is quoted
_SIGNS = ("<", "[", "]~b", "_<", "|")
# Whose a marker is the whole text says. One that speaks of markers is read anew when it has grown by a twentieth, and by some.
_PART, _SOME = 20, 20


class MarkerStream:
    """Given pieces of an answer, it gives them up to the first marker."""

    def __init__(self) -> None:
        self._text, self._given = "", 0
        self._looked, self._next, self._own = 0, 0, False
        self.leaked = False
        """Whether a marker ended it; nothing more is given then."""

    def feed(self, text: str) -> str:
        """What is certain with this piece."""
        self._text += text
        if self.leaked or not any(sign in self._text[self._given :] for sign in _SIGNS):
            return self._give(len(self._text))
        near = max(0, len(self._text.rstrip()) - _LONGEST)
        marker = first_end(self._text, self._looked)
        whole = 0 <= marker < near
        if (whole or self._own) and len(self._text) >= self._next:
            self._next = len(self._text) + max(_SOME, len(self._text) // _PART)
            end = len(without_end(self._text))
            if end < near:
                self.leaked = True
                return self._give(end)
            self._own = self._own or whole
            self._looked, whole = near, False
        if whole:  # not known yet whose it is, nor what before it falls with it
            return self._give(max(0, marker - _LONGEST))
        self._looked = max(self._looked, near if marker < 0 else 0)
        start = max(0, near - _LONGEST)
        places = [place for sign in _SIGNS if (place := self._text.find(sign, max(self._given, near))) >= 0]
        return self._give(min([*places, start + len(without_end(self._text[start:]))]))

    def end(self) -> str:
        """The rest, when the answer is over."""
        end = len(without_end(self._text))
        self.leaked = self.leaked or end < len(self._text.rstrip())
        return self._give(max(end, self._given))

    def _give(self, end: int) -> str:
        if end <= self._given or (self.leaked and end == len(self._text)):
            return ""
        given, self._given = self._text[self._given : end], end
        return given


def has_marker(text: str) -> bool:
    """Whether an answer has a marker of a turn anywhere that is not its own text."""
    stripped = text.strip()
    return len(without_end(stripped)) < len(stripped) or without_head(stripped) != stripped
