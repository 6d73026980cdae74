"""One answer on its way from the thread that writes it to the event loop that sends it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from random import Random
from typing import TYPE_CHECKING

from secondhalf.models.request import Sampling
from secondhalf.serve.engines.detokenizer import Detokenizer
from secondhalf.serve.engines.generation import Delta
from secondhalf.serve.errors import ApiError
from secondhalf.serve.stop_texts import StopTexts

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_LOG = logging.getLogger(__name__)


class GrowingAnswer:
    """Made on the event loop; `on_token`, `end` and `fail` are called by the thread that writes, `deltas` on the loop."""

    def __init__(
        self,
        ids: list[int],
        sampling: Sampling,
        generator: Random,
        tokenizer: PreTrainedTokenizerBase,
        stop_ids: frozenset[int],
        stop_text: str,
    ) -> None:
        self.ids, self.sampling, self.generator = ids, sampling, generator
        self.given_up = False
        """Set where nobody waits for it any longer."""
        self._stop_ids, self._text = stop_ids, Detokenizer(tokenizer)
        self._stop_texts = StopTexts([stop_text])
        self._tokens, self._finish = 0, ""
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Delta | BaseException] = asyncio.Queue()

    def on_token(self, tokens: list[int]) -> bool:
        """Hands on what the last token adds; True where the answer is over."""
        if self.given_up:
            return True
        if tokens[-1] in self._stop_ids:
            self._finish = "stop"
            return True
        self._tokens = len(tokens)
        text = self._stop_texts.feed(self._text.feed(tokens[-1]))
        if self._stop_texts.stopped:
            self._finish = "stop"
        # One without text is sent too: who waits sees that it goes on.
        self._put(Delta(text, len(self.ids), self._tokens))
        return self._stop_texts.stopped

    def end(self) -> None:
        """The answer is over: at a stop, or at its longest."""
        rest = self._stop_texts.feed(self._text.end())
        rest += self._stop_texts.end()
        self._put(Delta(rest, len(self.ids), self._tokens, self._finish or "length"))

    def fail(self, error: BaseException) -> None:
        """The work on it failed."""
        _LOG.error("An answer failed: %s", error, exc_info=error)
        self._put(error)

    async def deltas(self) -> AsyncIterator[Delta]:
        """The pieces, up to the one with a `finish`. Raises ApiError where the work failed."""
        while True:
            piece = await self._queue.get()
            if isinstance(piece, BaseException):
                raise ApiError(500, "The model failed on this request.", code="model_failed") from piece
            yield piece
            if piece.finish:
                return

    def _put(self, piece: Delta | BaseException) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._queue.put_nowait, piece)
