"""A teacher without a model: deterministic replies made of the request's own words, for tests beside the real one."""

import random
import time

from secondhalf.models.request import USER_TURN, RefusedError, Reply, Request
from secondhalf.text.language import is_spaceless

_TURN = "How does one bring the {} to the {} when there are {} of them, and who is asked before that?"
_NOUNS = ("river", "mill", "bridge", "baker", "house", "flour")


class Dummy:
    """Answers with the words of the last message, shuffled by the request's seed.

    `dummy` answers at once; `dummy:SECONDS` waits that long. One reply in eight reaches the length limit; a text that
    holds "refuse this" is refused. A user's turn is one of some 1,500 questions, drawn by the seed.
    """

    slots = 4

    def __init__(self, reference: str = "dummy") -> None:
        self.identity = "dummy"
        self._wait = float(reference.partition(":")[2] or 0)

    def generate(self, request: Request) -> Reply:
        """The prompt's own words, shuffled by the request's seed; one reply in eight is cut at its limit."""
        time.sleep(self._wait)
        text = request.messages[-1][1]
        if "refuse this" in text:
            raise RefusedError("the dummy was told to refuse this")
        generator = random.Random(request.seed)
        if request.messages[-1][0] == USER_TURN:
            turn = _TURN.format(*generator.sample(_NOUNS, 2), generator.randrange(50))
            return Reply(turn, "stop" if generator.random() > 0.125 else "length", 1, len(turn.split()))
        spaceless = is_spaceless(text)
        words = list(text.replace("\n", "")) if spaceless else text.split()
        generator.shuffle(words)
        finished = generator.random() > 0.125
        size = min(len(words), generator.randint(20, 40), request.sampling.max_tokens)
        body = ("" if spaceless else " ").join(words[:size])
        return Reply(body + ("." if finished else ""), "stop" if finished else "length", len(words), size)

    def close(self) -> None:
        pass
