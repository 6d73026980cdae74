"""Ends a growing text where it says a stop text, which may come in pieces. Nothing of one is ever given away."""

from collections.abc import Sequence


class StopTexts:
    """Holds back what could be the beginning of one of `stops`."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = [stop for stop in stops if stop]
        self._held = ""
        self.stopped = False
        """Whether one came; nothing more is given then."""

    def feed(self, text: str) -> str:
        """The text up to the first stop text, without what may become one."""
        if self.stopped:
            return ""
        text = self._held + text
        # The first that is whole, whatever it came in: one that begins before it may never become whole.
        ends = [(place + len(stop), place) for stop in self._stops if (place := text.find(stop)) >= 0]
        if ends:
            self.stopped, self._held = True, ""
            return text[: min(ends)[1]]
        longest = max((_overlap(text, stop) for stop in self._stops), default=0)
        self._held = text[len(text) - longest :]
        return text[: len(text) - longest]

    def end(self) -> str:
        """What was held back and has not become a stop text."""
        held, self._held = self._held, ""
        return held


def _overlap(text: str, stop: str) -> int:
    """Characters at the end of `text` with which `stop` begins."""
    return next((n for n in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:n])), 0)
