"""Refusals that do not say whose fault they are: the text's, or everybody's.

A server refuses a text, or it refuses everybody for a while (a missing template, a field that it does not know), with the same
statuses. Where it does not say which, the requests sent beside it tell: equal words to one request after another are no text's
fault, and stop the run. "After another" is in the order of sending, and what the journal had counts as answered: a run that goes
on, and has only its refused rows left to ask, is not stopped by them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from secondhalf.errors import UserError
from secondhalf.models.request import RefusedError, Reply

IN_A_ROW, AT_THE_END = 5, 3  # equal refusals that stop the run at once; or when they are the last, or all there is
_VARYING = re.compile(r"\S*\d\S*")  # counts, and the names of requests
Outcome = Reply | RefusedError


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one request: the rows that wait for it, and their outcome."""

    rows: Sequence[str]
    outcome: Outcome


class UnclearRefusals:
    """Holds back the refusals of one asking until it is known whose fault they are.

    Requests are known by their place in the order of sending, from 0 without a gap. `stops`: False where refusals shall stop
    nothing; set it before the first.
    """

    def __init__(self) -> None:
        self.stops = True
        self._words: dict[
            int, str | None
        ] = {}  # by place: a refusal's words, "" for a reply, None for what says nothing
        self._held: dict[int, Settled] = {}
        self._next = 0  # every place before it is in line
        self._row, self._row_words = list[int](), ""  # the equal refusals that end there, and their words
        self._answered, self._refusals, self._different = 0, 0, set[str]()
        self._last = ""  # what the server said last

    def settle(self, place: int, rows: Sequence[str], outcome: Outcome) -> list[Settled]:
        """What can be handed out now. Raises UserError where one request after another is refused in equal words."""
        settled = Settled(rows, outcome)
        if not self.stops:
            return [settled]
        if isinstance(outcome, Reply):
            self._answered += 1
            self._words[place] = ""
        elif outcome.fault == "server":  # its attempts are used up: neither of a row of refusals nor the end of one
            self._words[place] = None
        else:
            words = _VARYING.sub("#", str(outcome))
            self._refusals, self._last = self._refusals + 1, str(outcome)
            self._different.add(words)
            self._words[place] = words if outcome.fault == "unclear" else None
            if outcome.fault == "unclear":
                self._held[place] = settled
                self._check_neighbours(place, words)
                return self._line_up()
        return [settled, *self._line_up()]

    def finish(self) -> list[Settled]:
        """What is left when everything is settled. Raises UserError where everybody was refused at the end, or all the time."""
        alike = len(self._different) == 1 and self._refusals >= AT_THE_END
        if len(self._row) >= AT_THE_END or (alike and not self._answered):
            raise self._refuses_all()
        return self._release(self._row)

    def _check_neighbours(self, place: int, words: str) -> None:
        """Raises UserError where the requests sent before and after this one had the same words, whatever is still out."""
        first = last = place
        while self._words.get(first - 1) == words:
            first -= 1
        while self._words.get(last + 1) == words:
            last += 1
        before = len(self._row) if first == self._next and self._row_words == words else 0
        if last - first + 1 + before >= IN_A_ROW:
            raise self._refuses_all()

    def _line_up(self) -> list[Settled]:
        """Takes what is settled in the order of sending, and hands out the refusals whose row has ended."""
        done: list[Settled] = []
        while self._next in self._words:
            words = self._words.pop(self._next)
            if words is not None:
                if words != self._row_words:
                    done += self._release(self._row)
                    self._row, self._row_words = [], words
                if words:
                    self._row.append(self._next)
            self._next += 1
        if len(self._row) >= IN_A_ROW:
            raise self._refuses_all()
        return done

    def _release(self, places: Sequence[int]) -> list[Settled]:
        """Refusals that were none of a row: others got replies beside them, so it is their texts' fault."""
        held = [self._held.pop(place) for place in places]
        return [Settled(one.rows, RefusedError(str(one.outcome), fault="text")) for one in held]

    def _refuses_all(self) -> UserError:
        return UserError(
            f"The server refuses one request after another in the same words: {self._last}. Mend what it names and start again: "
            "what was answered is kept, and what was refused is asked again. If it is the texts' fault after all, "
            "`unanswered: reject` beside its urls goes on without them."
        )
