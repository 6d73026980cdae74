"""Notices a dead server: after many failures in a row nothing is sent to it but, now and then, one request to try."""

_FAILURES = 10
_FIRST = 0.5  # seconds until the first try; each wait is twice the one before
_SILENT, _TALKING = 60, 4  # the longest wait in first ones: of a server that is away, and of one that talks nonsense


class CircuitBreaker:
    """Closed while the server answers, open while it does not. Times are the event loop's, in seconds."""

    def __init__(self, first: float = _FIRST, failures: int = _FAILURES) -> None:
        self.open = False
        self._since: float | None = None  # when the failures in a row began
        self._first, self._limit = first, failures
        self._failures, self._pause, self._again, self._trying = 0, first, 0.0, False

    def wait(self, now: float) -> float | None:
        """Seconds until a request may go: 0 for now, None while one is on its way to try."""
        if not self.open:
            return 0.0
        return None if self._trying else max(0.0, self._again - now)

    def silent(self, now: float) -> float:
        """Seconds since the failures in a row began, of a server that is held for dead."""
        return now - self._since if self.open and self._since is not None else 0.0

    def sent(self) -> None:
        """A request goes out."""
        self._trying = self.open

    def answered(self) -> bool:
        """The server answered. True when it was held for dead."""
        was_open, self.open = self.open, False
        self._since, self._failures, self._pause, self._trying = None, 0, self._first, False
        return was_open

    def failed(self, now: float, *, talks: bool = False) -> bool:
        """A request failed. True when the server is held for dead from now on.

        One that `talks`, if only nonsense, is tried more often: it may be the last rows that are at fault.
        """
        self._since = now if self._since is None else self._since
        self._failures += 1
        if self.open and not self._trying:  # an older request's late failure
            return False
        was_open, self.open = self.open, self.open or self._failures >= self._limit
        if self.open:
            self._again, self._trying = now + self._pause, False
            self._pause = min(self._first * (_TALKING if talks else _SILENT), self._pause * 2)
        return self.open and not was_open
