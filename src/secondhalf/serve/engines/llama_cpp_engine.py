"""An arm's GGUF export in this process, by llama.cpp's server from the wheel `xllamacpp`: slots, batched as it likes.

The chat template is the file's own. A text never becomes a special token (models/engines/llama_cpp.py).
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.models.engines.llama_cpp import LlamaCppTeacher
from secondhalf.models.request import RefusedError
from secondhalf.serve.engines.completions_client import CompletionsClient
from secondhalf.serve.engines.generation import Delta, GenerationRequest
from secondhalf.serve.engines.upstream_engine import sampling_fields
from secondhalf.serve.errors import ApiError

_ROLES = ("user", "assistant")
_SILENT = 600.0  # seconds: a request may wait for a slot


class LlamaCppEngine:
    """One loaded GGUF. Used on one event loop."""

    def __init__(
        self, path: Path, *, longest: int, slots: int, context: int, stop_text: str = "", temperature: float = 1.0
    ) -> None:
        """`longest`: tokens of an answer where nobody says; `context`: tokens of a prompt with its answer; `stop_text`: the
        template's own, which ends an answer as its end token does; `temperature`: the arm's own.

        Raises UserError for a file that cannot be loaded.
        """
        if not path.is_file():
            raise UserError(
                f"--gguf {path}: there is no such file; `secondhalf export RUN --arm ARM --as gguf` writes one."
            )
        self._model = LlamaCppTeacher(path, str(path), slots, context=context)
        # Its server ends a connection after a stream, and gives a thread to each that is open.
        self._client = CompletionsClient(f"{self._model.address}/v1", self._model.secret, _SILENT, keep=False)
        self._longest, self._slots, self._context = longest, slots, context
        self._stops, self._temperature = [stop_text] if stop_text else [], temperature
        self._in_work = 0

    @property
    def address(self) -> str:
        """Where the engine itself listens, on 127.0.0.1."""
        return str(self._model.address)

    @property
    def secret(self) -> str:
        """The key that it asks for there."""
        return self._model.secret

    @property
    def waiting(self) -> int:
        """Requests that no slot has taken yet."""
        return max(0, self._in_work - self._slots)

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Delta]:
        """See Engine. Raises ApiError for a prompt that does not fit with its answer."""
        try:
            ids = await asyncio.to_thread(self._ids, request)
        except RefusedError as error:
            raise ApiError(500, "The model failed on this request.", code="model_failed") from error
        room = self._context - len(ids)
        wanted = min(self._longest, room) if request.max_tokens is None else request.max_tokens
        if wanted < 1 or wanted > room:
            raise ApiError(
                400,
                f"This model's context is {self._context} tokens: the prompt has {len(ids)}, and {max(wanted, 1)} are asked for.",
                code="context_length_exceeded",
                param="messages",
            )
        body = {
            **sampling_fields(request, wanted, self._temperature),
            "prompt": ids,
            # The engine's own defaults would cut the tail twice more.
            "top_k": 0,
            "min_p": 0.0,
            **({"stop": self._stops} if request.chat and self._stops else {}),
        }
        self._in_work += 1
        try:
            async with aclosing(self._client.stream("/completions", body)) as deltas:
                async for delta in deltas:
                    yield delta
        finally:
            self._in_work -= 1

    async def check(self) -> None:
        """Loading it was the check."""

    async def close(self) -> None:
        """Ends the engine; what is in work is given up."""
        await self._client.close()
        await asyncio.to_thread(self._model.close)

    def _ids(self, request: GenerationRequest) -> list[int]:
        if not request.chat:
            return self._model.plain_ids(request.turns[0])
        return self._model.ids(tuple((_ROLES[n % 2], text) for n, text in enumerate(request.turns)))
