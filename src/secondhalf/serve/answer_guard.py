"""What becomes of an answer while it is written: stop texts, markers, personal data, and the checks that may block it midway.

Given pieces as an engine writes them, it gives what may be sent; what it gives is final.
"""

from secondhalf.rows import Pair
from secondhalf.serve.checks.marker_stream import MarkerStream
from secondhalf.serve.checks.outcome import CheckOutcome, failed
from secondhalf.serve.checks.personal_stream import PersonalStream
from secondhalf.serve.checks.texts import TextChecks
from secondhalf.serve.settings import ServeSettings
from secondhalf.serve.stop_texts import StopTexts
from secondhalf.text.next_turn import NextTurnStream

_EVERY = 16  # characters of an answer after which a part of it is examined anew, as long as it is short;
_PART = 20  # then every twentieth part of it: each time all of it is read


class AnswerGuard:
    """One answer on its way."""

    def __init__(
        self, settings: ServeSettings, checks: TextChecks, question: str, stops: list[str], *, id: str, chat: bool
    ) -> None:
        """`question`: the last one; `chat`: blanks around the answer are not a part of it."""
        out = settings.output
        self._checks, self._id, self._question, self._chat = checks, id, question, chat
        self._stops = StopTexts(stops)
        self._markers = MarkerStream() if out.template == "mask" else None
        self._turns = NextTurnStream() if out.next_turn == "mask" else None
        self._personal = PersonalStream(settings.personal, mask=out.personal == "mask")
        self._blanks = ""
        self._examined = 0
        self.written = ""
        """As the model wrote it, up to a stop text."""
        self.sent = ""
        """What it gave to be sent."""
        self.outcomes: list[CheckOutcome] = []
        """What was found on the way."""

    @property
    def stopped(self) -> bool:
        """Whether the answer is over before the model ends it."""
        cut = (self._markers is not None and self._markers.leaked) or (self._turns is not None and self._turns.opened)
        return self._stops.stopped or self.blocked or cut

    @property
    def blocked(self) -> bool:
        """Whether the rest is withheld."""
        return any(outcome.blocks for outcome in self.outcomes)

    @property
    def pair(self) -> Pair:
        """The question with the answer so far, as checks take them."""
        return pair_of(self._id, self._question, self.written)

    def feed(self, text: str) -> str:
        """What may be sent with this piece."""
        if self.stopped:
            return ""
        text = self._stops.feed(text)
        self.written += text
        if self._checks.on_the_way and len(self.written) - self._examined >= max(_EVERY, self._examined // _PART):
            self._examined = len(self.written)
            found = self._checks.of_part(self.pair)
            self.outcomes += found
            if any(outcome.blocks for outcome in found):
                return ""
        text = self._markers.feed(text) if self._markers else text
        return self._given(self._personal.feed(self._turns.feed(text) if self._turns else text))

    async def end(self) -> str:
        """The rest, after the checks of the whole answer."""
        rest = self._stops.end()
        self.written += rest
        if self.blocked:
            return ""
        whole = await self._checks.of_output(self.pair)
        self.outcomes += [outcome for outcome in whole if outcome not in self.outcomes]
        if any(outcome.blocks for outcome in whole):
            return ""
        rest = self._markers.feed(rest) + self._markers.end() if self._markers else rest
        rest = self._turns.feed(rest) + self._turns.end() if self._turns else rest
        rest = self._given(self._personal.feed(rest) + self._personal.end())
        self._note_cuts_and_masks()
        return rest

    async def give_up(self) -> None:
        """The checks of what was written of an answer whose end nobody waits for: who leaves before it goes not unseen."""
        self.outcomes += [one for one in await self._checks.of_output(self.pair) if one not in self.outcomes]
        self._note_cuts_and_masks()

    def _note_cuts_and_masks(self) -> None:
        if self._markers and self._markers.leaked:
            self.outcomes.append(failed(self._id, "template", "mask", 1.0, "cut before a marker of a turn"))
        if self._turns and self._turns.opened:
            self.outcomes.append(failed(self._id, "next_turn", "mask", 1.0, "cut before the user's next turn"))
        if self._personal.masked:
            self.outcomes.append(failed(self._id, "personal", "mask", 1.0, "personal data was masked"))

    def _given(self, text: str) -> str:
        """The text without blanks at the ends of a chat's answer."""
        if self._chat:
            text = self._blanks + text
            text = text if self.sent else text.lstrip()
            self._blanks = text[len(text.rstrip()) :]
            text = text.rstrip()
        self.sent += text
        return text


def pair_of(id: str, question: str, answer: str) -> Pair:
    """A question and its answer as checks take them."""
    return Pair(id=id, document=id, rule="served", language="", prompt=question, original="", response=answer)
