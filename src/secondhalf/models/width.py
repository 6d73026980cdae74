"""How many requests a server is sent at once: as many as it rewards with throughput.

It grows while growing pays (doubling at first), stays a little above the last width that paid, and tries a wider one now
and then. What says "too much" (429, 503, a timeout) makes it narrower. Too wide costs nothing but a queue at the server;
too narrow costs throughput, so in doubt it is wide.
"""

import math

_REWARD = 0.1  # share of the growth that must come back as throughput: 10 % for twice the width
_CALM, _SHAKEN = 16, 4  # rounds between two trials, and after a "too much"
_LEAST = 4


class Width:
    """One server's width. A round is as many replies as the width, so about the time of one reply."""

    def __init__(self, start: int = 16, most: int = 256, *, fixed: bool = False) -> None:
        self.limit = min(start, most)
        self._most, self._fixed = most, fixed
        self._base, self._base_rate = self.limit, 0.0
        self._step, self._wait, self._looked = 2.0, 1, False
        self._shrunk = -math.inf
        self._since: float | None = None
        self._count, self._work = 0, 0.0

    def answered(self, work: float, now: float, *, full: bool) -> None:
        """A reply of `work` tokens came at `now`. Only rounds in which the server was `full` say anything."""
        if self._fixed:
            return
        if not full:
            self._begin(None, skip=0)
            return
        self._count += 1
        if self._since is None or self._count <= 0:
            self._since, self._work = now, 0.0
            return
        self._work += work
        if self._count >= self.limit and now > self._since:
            rate, before = self._work / (now - self._since), self.limit
            self._judge(rate)
            # After a change, the replies on their way were sent under the old width.
            self._begin(now, skip=before if self.limit != before else 0)

    def too_much(self, sent: float, now: float) -> None:
        """The server said that it was too much for it, of a request sent at `sent`."""
        if self._fixed or sent < self._shrunk:  # sent under the width that was too wide already
            return
        self._shrunk = now
        self._base = self.limit = max(min(_LEAST, self._most), int(self.limit * 0.7))
        self._step, self._wait, self._base_rate = 1.25, _SHAKEN, 0.0
        self._begin(None, skip=0)

    def _begin(self, now: float | None, skip: int) -> None:
        self._since, self._count, self._work = now, -skip, 0.0

    def _judge(self, rate: float) -> None:
        if self.limit > self._base:
            if rate > self._base_rate * (1 + _REWARD * (self._step - 1)):
                self._base, self._base_rate = self.limit, rate
                self._try()
            elif not self._looked:  # one round may be unlucky
                self._looked = True
            else:
                self._base = self.limit = min(self._most, math.ceil(self._base * 1.25))
                self._step, self._wait, self._base_rate = 1.25, _CALM, 0.0
            return
        self._base_rate = 0.7 * self._base_rate + 0.3 * rate if self._base_rate else rate
        self._wait -= 1
        if self._wait <= 0:
            self._try()

    def _try(self) -> None:
        self.limit = min(self._most, math.ceil(self._base * self._step))
        self._looked, self._wait = False, _CALM
