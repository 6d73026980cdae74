"""Where an answer goes on as the user, as models do that never learned to stop: a line that opens with "User:" or the like."""

import re
from collections.abc import Sequence

TURN_WORDS = (
    "User",
    "Human",
    "Question",
    "Q",
    "### Instruction",
    "### Input",
    "Instruction",
    "ユーザー",
    "ユーザ",
    "質問",
    "指示",
    "### 指示",
    "人間",
)
"""Words that open a user's turn when a line begins with them and a colon (or a heading ends) follows."""

_BEFORE = r"[ \t*<\[]*"  # blanks and emphasis before the word


def _opening(turn_words: Sequence[str]) -> re.Pattern[str]:
    """The line that opens a turn, from the end of the line before it."""
    headings = [re.escape(word) for word in turn_words if word.startswith("#")]
    words = [re.escape(word) for word in turn_words if not word.startswith("#")]
    opens = [rf"(?:{'|'.join(words)})\s*[:：]"] if words else []
    opens += [rf"(?:{'|'.join(headings)})\b"] if headings else []
    return re.compile(rf"\n{_BEFORE}(?:{'|'.join(opens)})", re.IGNORECASE)


_OPENS = _opening(TURN_WORDS)
_BEGUN = sorted({re.escape(word[:length]) for word in TURN_WORDS for length in range(len(word) + 1)})
_MAY_OPEN = re.compile(
    rf"\n{_BEFORE}(?:(?:{'|'.join(_BEGUN)})|(?:{'|'.join(map(re.escape, TURN_WORDS))})\s*)\Z", re.IGNORECASE
)


def cut_at_next_turn(answer: str, turn_words: Sequence[str] = TURN_WORDS) -> str:
    """The answer up to where it goes on as the user, without blanks around it: the whole of one that does not.

    Case and full-width colons make no difference; a heading ("### Instruction") needs no colon. A first line is no next turn:
    nothing was answered before it.
    """
    text = answer.strip()
    turn = _opening(turn_words).search(text) if turn_words else None
    return text[: turn.start()].rstrip() if turn else text


def has_next_turn(answer: str, turn_words: Sequence[str] = TURN_WORDS) -> bool:
    """Whether, after some text, a line opens the user's next turn."""
    return cut_at_next_turn(answer, turn_words) != answer.strip()


class NextTurnStream:
    """Ends a growing answer before its next turn. What could be the beginning of one is held back."""

    def __init__(self) -> None:
        self._held, self._begun = "", False
        self.opened = False
        """Whether a turn opened; nothing more is given then."""

    def feed(self, text: str) -> str:
        """What is certain with this piece."""
        if self.opened:
            return ""
        self._held += text
        begins = 0 if self._begun else len(self._held) - len(self._held.lstrip())
        turn = _OPENS.search(self._held, begins)
        if turn and (
            turn.end() < len(self._held) or turn[0][-1] in ":："
        ):  # a heading may be the beginning of another word
            return self._opened(turn)
        may = _MAY_OPEN.search(self._held, begins)
        end = may.start() if may else len(self._held)
        given, self._held = self._held[:end], self._held[end:]
        self._begun = self._begun or bool(given.strip())
        return given

    def end(self) -> str:
        """The rest, when the answer is over."""
        if self._begun and (turn := _OPENS.search(self._held)):
            return self._opened(turn)
        held, self._held = self._held, ""
        return held

    def _opened(self, turn: re.Match[str]) -> str:
        self.opened = True
        given, self._held = self._held[: turn.start()], ""
        return given
