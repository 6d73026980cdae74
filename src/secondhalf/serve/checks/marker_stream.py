"""Ends a growing answer at the first marker of a turn that the model wrote out as text: <|im_end|> and its kin.

What could be the beginning of a marker is held back. Markers that are quoted or in code are the text's own (models/markup/).
"""

from secondhalf.models.markup.end_markers import without_end, without_head

_LONGEST = 40  # characters of a marker, with some to tell whether it is quoted
_SIGNS = ("<", "[", "]~b", "_<", "|")


class MarkerStream:
    """Given pieces of an answer, it gives them up to the first marker."""

    def __init__(self) -> None:
        self._text, self._given = "", 0
        self.leaked = False
        """Whether a marker ended it; nothing more is given then."""

    def feed(self, text: str) -> str:
        """What is certain with this piece."""
        self._text += text
        tail = self._text[max(self._given, len(self._text) - _LONGEST) :]
        if self.leaked or not any(sign in self._text[self._given :] for sign in _SIGNS):
            return self._give(len(self._text))
        end = len(without_end(self._text))
        if end < len(self._text.rstrip()) - _LONGEST:
            self.leaked = True
            return self._give(end)
        places = [place for sign in _SIGNS if (place := tail.find(sign)) >= 0]
        return self._give(min(end, len(self._text) - len(tail) + min(places)) if places else end)

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
