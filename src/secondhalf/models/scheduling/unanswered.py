"""Refusals that do not say whose fault they are: the text's, or everybody's.

A server refuses a text, or it refuses everybody for a while (a missing template, a field that it does not know), with the same
statuses. Where it does not say which, and gave several requests the same words, one that it answered before is asked again: if it
is refused too, no text is at fault, and the run stops; if it is answered, the texts are. That costs a few tokens. Where none was
answered, or none can be asked at once (a batch API), equal words to the last ones or to all say the same.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from secondhalf.errors import UserError
from secondhalf.models.request import RefusedError, Reply

IN_A_ROW, IN_ALL = 5, 3  # equal refusals, one after another or among all, from which somebody else may be at fault
VARYING = re.compile(r"(?<!\S)[^\s\d]*+\d\S*+")
"""Words with a digit: counts, and the names of requests."""
Outcome = Reply | RefusedError
Probe = Callable[[], bool | None]
"""Whether the server still answers what it answered before; None where that cannot be asked."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one request: the rows that wait for it, and their outcome."""

    rows: Sequence[str]
    outcome: Outcome


class UnclearRefusals:
    """Holds back the unclear refusals of one asking until it is known whose fault they are: at its end, or when many are alike.

    Requests are known by their place in the order of sending, from 0 without a gap. `stops`: False where refusals shall stop
    nothing; set it before the first.
    """

    def __init__(self, probe: Probe = lambda: None) -> None:
        self.stops = True
        self._probe = probe
        self._held: dict[int, Settled] = {}
        self._words: dict[int, str] = {}  # of those held, by place
        self._probe_at: Counter[str] = Counter()  # by words: how many in a row are asked about next
        self._answered = False
        self._refused: Counter[str] = Counter()  # by words, texts that are at fault among them
        self._last = ""  # what the server said last

    def settle(self, place: int, rows: Sequence[str], outcome: Outcome) -> list[Settled]:
        """What can be handed out now. Raises UserError where many in a row are refused alike, and not for their texts."""
        settled = Settled(rows, outcome)
        if isinstance(outcome, Reply):
            self._answered = True
        if not self.stops or isinstance(outcome, Reply) or outcome.fault == "server":
            return [settled]
        words = VARYING.sub("#", str(outcome))
        self._refused[words], self._last = self._refused[words] + 1, str(outcome)
        if outcome.fault == "text":
            return [settled]
        self._held[place], self._words[place] = settled, words
        length = self._row_at(place)
        if length >= max(IN_A_ROW, self._probe_at[words]):
            self._probe_at[words] = 2 * length
            if not self._probe():
                raise self._refuses_all()
        return []

    def finish(self, total: int) -> list[Settled]:
        """What is left when everything is settled, of `total` places. Raises UserError where everybody is refused."""
        alike = Counter(self._words.values())
        if alike and alike.most_common(1)[0][1] >= IN_ALL:
            answers = self._probe()
            if answers is False or (answers is None and self._row_at(total - 1) >= IN_ALL):
                raise self._refuses_all()
        # Texts that are at fault, all of them and in equal words: so is something that they have in common.
        if not self._answered and len(self._refused) == 1 and self._refused.total() >= IN_ALL:
            raise self._refuses_all()
        held, self._held, self._words = self._held, {}, {}
        return [Settled(one.rows, RefusedError(str(one.outcome), fault="text")) for one in held.values()]

    def _row_at(self, place: int) -> int:
        """How many refusals in the same words stand around a place in the order of sending."""
        words, first, last = self._words.get(place), place, place
        if words is None:
            return 0
        while self._words.get(first - 1) == words:
            first -= 1
        while self._words.get(last + 1) == words:
            last += 1
        return last - first + 1

    def _refuses_all(self) -> UserError:
        return UserError(
            f"The server refuses one request after another in the same words: {self._last}. Mend what it names and start again: "
            "what was answered is kept, and what was refused is asked again. If it is the texts' fault after all, "
            "`unanswered: reject` beside its urls goes on without them."
        )
