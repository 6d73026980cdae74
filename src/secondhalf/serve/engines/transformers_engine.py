"""An arm in this process, by transformers: requests share batches, and each one's text is given as it is written.

One thread writes the answers of all (continuous_batching.py); a request that is given up leaves its batch at the next token.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator
from pathlib import Path
from random import Random

from secondhalf.models.chat.plain_text import encode_opening
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.request import Sampling
from secondhalf.models.weights.context_length import max_context
from secondhalf.models.weights.load import load_tokenizer
from secondhalf.serve.engines.answer_stream import GrowingAnswer
from secondhalf.serve.engines.generation import Delta, GenerationRequest
from secondhalf.serve.errors import ApiError

_USUAL = 2048  # tokens of a prompt with its answer that every row has memory for
_ANY_LENGTH = 1 << 20  # of a student without a limit


class TransformersEngine:
    """One arm in memory. Every method is called on the event loop's thread."""

    def __init__(
        self, folder: Path, adapter: Path | None, template: Template, *, temperature: float = 1.0, longest: int
    ) -> None:
        """`temperature`: the arm's own, by which every logit is divided; `longest`: tokens of an answer where nobody says.

        Raises UserError for an adapter that does not fit the model.
        """
        from secondhalf.models.generation.batch_size import rows_at_once

        student = StudentModel(folder)
        student.use(adapter)
        self._model, self._tokenizer, self._template = student.model, student.tokenizer, template
        # Texts are encoded beside the thread that decodes: no tokenizer may be used by two at once.
        self._encoder, self._encoding = load_tokenizer(folder), threading.Lock()
        self._temperature, self._longest = temperature, longest
        self._context = max_context(student.model) or _ANY_LENGTH
        self._stop_ids = frozenset(template.stop_ids(self._tokenizer))
        self._stop_text = template.frame(self._tokenizer).stop
        pad = self._tokenizer.pad_token_id
        self._pad = pad if pad is not None else min(self._stop_ids)
        self._rows = rows_at_once(student.model, min(self._context, _USUAL))
        self._queue: deque[GrowingAnswer] = deque()
        self._in_work: set[GrowingAnswer] = set()
        self._changed, self._closed = threading.Condition(), False
        self._thread = threading.Thread(target=self._work, name="answers", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Requests that no batch has taken yet."""
        return len(self._queue)

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Delta]:
        """See Engine. Raises ApiError for a prompt that does not fit with its answer, and where the work on it failed."""
        ids = await asyncio.to_thread(self._encode, request)
        sampling = Sampling(
            max_tokens=self._answer_tokens(len(ids), request.max_tokens),
            temperature=request.temperature * self._temperature,
            top_p=request.top_p,
        )
        stops = (self._stop_ids, self._stop_text) if request.chat else (frozenset({self._tokenizer.eos_token_id}), "")
        stream = GrowingAnswer(ids, sampling, Random(request.seed), self._tokenizer, *stops)
        with self._changed:
            if self._closed:
                raise ApiError(503, "The endpoint is stopping.", code="stopping")
            self._queue.append(stream)
            self._changed.notify()
        try:
            async for delta in stream.deltas():
                yield delta
        finally:
            stream.given_up = True

    async def check(self) -> None:
        """Loading it was the check."""

    async def close(self) -> None:
        """Ends the thread; what is in work is given up."""
        with self._changed:
            self._closed = True
            for stream in (*self._queue, *self._in_work):
                stream.given_up = True
            self._changed.notify()
        await asyncio.to_thread(self._thread.join)

    def _encode(self, request: GenerationRequest) -> list[int]:
        with self._encoding:
            if request.chat:
                return self._template.encode_turns(self._encoder, list(request.turns))
            return encode_opening(self._encoder, request.turns[0])

    def _answer_tokens(self, prompt: int, wanted: int | None) -> int:
        """The longest answer. Raises ApiError where prompt and answer pass the context."""
        most = min(self._longest, self._context - prompt) if wanted is None else wanted
        if prompt == 0:
            raise ApiError(400, "The prompt is empty.", param="prompt")
        if most < 1 or prompt + most > self._context:
            raise ApiError(
                400,
                f"This model's context is {self._context} tokens: the prompt has {prompt}, and {max(most, 1)} are asked for.",
                code="context_length_exceeded",
                param="messages",
            )
        return most

    def _work(self) -> None:
        import torch

        from secondhalf.models.generation.batch import SequenceState
        from secondhalf.models.generation.continuous_batching import decode

        def rows(most: int, idle: bool) -> list[SequenceState]:
            return [
                SequenceState(s.ids, s.sampling, s.generator, s, on_token=s.on_token) for s in self._next(most, idle)
            ]

        while not self._closed:
            try:
                with torch.inference_mode():
                    for row in decode(self._model, rows, lambda _: False, max_rows=self._rows, pad=self._pad):
                        self._in_work.discard(row.handle)
                        row.handle.end()
            except BaseException as error:  # it belongs to those who asked, and the next ones are answered
                with self._changed:
                    failed, self._in_work = self._in_work, set()
                for stream in failed:
                    stream.fail(error)

    def _next(self, most: int, idle: bool) -> list[GrowingAnswer]:
        with self._changed:
            while True:
                while idle and not self._queue and not self._closed:
                    self._changed.wait()
                streams: list[GrowingAnswer] = []
                while self._queue and len(streams) < most:
                    if not (stream := self._queue.popleft()).given_up:
                        streams.append(stream)
                if streams or not idle or self._closed:
                    self._in_work.update(streams)
                    return streams
