"""How many requests a server is sent at once: as many as it rewards with throughput.

It grows while growing pays (doubling at first), stays a little above the last width that paid, and tries a wider one now
and then. What says "too much" (429, 503, a timeout) makes it narrower. Too wide costs nothing but a queue at the server;
too narrow costs throughput, so in doubt it is wide.
"""

import math

_REWARD = 0.06  # more throughput that a wider width must bring to be kept: above the noise of a round
_CALM, _SHAKEN = 16, 4  # rounds between two trials, and after a "too much"
_LEAST = 4


class ConcurrencyLimit:
    """One server's width. A round is as many replies as the width or twice that, the time of a reply or two."""

    def __init__(self, start: int = 16, most: int = 256, *, fixed: bool = False) -> None:
        self.limit = min(start, most)
        self._most, self._fixed = most, fixed
        self._base, self._base_rate = self.limit, 0.0
        self._step, self._wait, self._retried = 2.0, 1, False
        self._shrunk = -math.inf
        self._begin(-math.inf, skip=0)

    def answered(self, work: float, sent: float, now: float, *, full: bool) -> None:
        """A reply of `work` tokens, sent and come at these times. It says something only when the server was `full`.

        A full server's throughput is its width times the work that a slot does in a second (Little's law): unlike replies
        counted by the clock, that is steady when replies come in bursts, and when some are long.
        """
        if self._fixed or not full or sent < self._since:
            return
        self._count += 1
        if self._count <= 0:
            return
        self._work += work
        self._seconds += now - sent
        round_size = self.limit if self._step == 2 else 2 * self.limit  # small steps are weighed with more care
        if self._count >= round_size and self._seconds > 0:
            before = self.limit
            self._weigh(before * self._work / self._seconds)
            # After a change, the first replies are of requests sent while the server was filling up.
            self._begin(now if self.limit != before else self._since, skip=max(0, self.limit - before))

    def too_much(self, sent: float, now: float) -> None:
        """The server said that it was too much for it, of a request sent at `sent`."""
        if self._fixed or sent < self._shrunk:  # sent under the width that was too wide already
            return
        self._shrunk = now
        self._base = self.limit = max(min(_LEAST, self._most), int(self.limit * 0.7))
        self._step, self._wait, self._base_rate = 1.25, _SHAKEN, 0.0
        self._begin(now, skip=0)

    def _begin(self, now: float, skip: int) -> None:
        self._since, self._count, self._work, self._seconds = now, -skip, 0.0, 0.0

    def _weigh(self, rate: float) -> None:
        if self.limit > self._base:
            if rate > self._base_rate * (1 + _REWARD):
                self._base, self._base_rate = self.limit, rate
                self._widen()
            elif self._step == 2 and not self._retried:  # one round may be unlucky
                self._retried = True
            else:
                if self._step == 2:  # the server's own may lie between the two
                    self._base = min(self._most, math.ceil(self._base * 1.25))
                self.limit = self._base
                self._step, self._wait, self._base_rate = 1.25, _CALM, 0.0
            return
        self._base_rate = 0.7 * self._base_rate + 0.3 * rate if self._base_rate else rate
        self._wait -= 1
        if self._wait <= 0:
            self._widen()

    def _widen(self) -> None:
        self.limit = min(self._most, math.ceil(self._base * self._step))
        self._retried, self._wait = False, _CALM
