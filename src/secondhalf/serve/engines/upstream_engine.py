"""An arm on a server of OpenAI's API: vLLM, llama.cpp's, or another. The server's own chat template is applied."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from secondhalf.errors import UserError
from secondhalf.serve.engines.completions_client import CompletionsClient
from secondhalf.serve.engines.generation import Delta, GenerationRequest
from secondhalf.serve.errors import ApiError

_ROLES = ("user", "assistant")


class UpstreamEngine:
    """One model of one server. Used on one event loop."""

    def __init__(self, address: str, *, key: str, longest: int, seconds: float, temperature: float = 1.0) -> None:
        """`address`: http://HOST:PORT/v1, and #MODEL where the server has several; `longest`: tokens of an answer where nobody
        says; `seconds`: how long the server may be silent; `temperature`: the arm's own, by which every logit is divided.
        """
        self._url, _, self._model = address.partition("#")
        self._client = CompletionsClient(self._url, key, seconds)
        self._longest, self._temperature = longest, temperature
        self.waiting = 0
        """Not known here: the server has its own queue."""

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Delta]:
        """See Engine."""
        turns: dict[str, object] = {"prompt": request.turns[0]}
        if request.chat:
            turns = {
                "messages": [{"role": _ROLES[n % 2], "content": text} for n, text in enumerate(request.turns)],
            }
        body = {"model": self._model, **turns, **sampling_fields(request, self._longest, self._temperature)}
        path = "/chat/completions" if request.chat else "/completions"
        async with aclosing(self._client.stream(path, body)) as deltas:
            async for delta in deltas:
                yield delta

    async def check(self) -> None:
        """The server answers and has the model; one that has a single model need not be told which."""
        try:
            models = await self._client.models()
        except ApiError as error:
            raise UserError(f"--upstream {self._url}: {error} Start it, or correct the address.") from error
        if not self._model and len(models) == 1:
            self._model = models[0]
        if self._model not in models:
            named = ", ".join(name[:100] for name in models[:20]) or "none"
            raise UserError(f"--upstream {self._url}: name the model behind it, as {self._url}#MODEL; it has {named}.")

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.close()


def sampling_fields(request: GenerationRequest, longest: int, temperature: float) -> dict[str, object]:
    """The fields of a body that say how an answer is drawn."""
    return {
        "max_tokens": longest if request.max_tokens is None else request.max_tokens,
        "temperature": request.temperature * temperature,
        "top_p": request.top_p,
        "seed": request.seed % 2**31,  # what every server takes
    }
