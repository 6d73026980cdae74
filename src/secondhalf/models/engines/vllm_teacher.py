"""A teacher through vLLM in this process, for a GPU: `pip install 'secondhalf[vllm]'`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from secondhalf import install
from secondhalf.errors import UserError
from secondhalf.models.chat.chat_tokens import ChatTokens, PlainTokens
from secondhalf.models.engines.request_batcher import PendingItem, RequestBatcher
from secondhalf.models.request import RefusedError, Reply, Request

_BATCH = 1024  # questions handed to the engine at once: it keeps its own queue of them
TokenizedRequest = tuple[Request, list[int]]


class VllmTeacher:
    """One model on the GPU. vLLM batches by itself; twice its questions wait here, so that it never runs dry for long."""

    slots = 2 * _BATCH

    def __init__(self, folder: Path, identity: str, *, plain: bool = False) -> None:
        """`plain`: it carries texts on as they stand, without a chat template."""
        try:
            from vllm import LLM
        except ImportError as error:
            raise UserError(f"A vllm: teacher needs a GPU and {install.extra('vllm')}.") from error
        self.identity = identity
        # The model's own sampling settings would silently shape its replies.
        self._engine: Any = LLM(model=str(folder), trust_remote_code=False, generation_config="vllm")
        self._chat = (PlainTokens if plain else ChatTokens)(self._engine.get_tokenizer(), folder)
        self._longest = int(self._engine.llm_engine.model_config.max_model_len)
        self._batcher: RequestBatcher[TokenizedRequest, Reply] = RequestBatcher(
            self._work, size=lambda question: len(question[1])
        )

    def generate(self, request: Request) -> Reply:
        """The reply. Raises RefusedError when prompt and reply do not fit into the model's context."""
        ids = self._chat.ids(request.messages)
        if len(ids) + request.sampling.max_tokens > self._longest:
            raise RefusedError(f"{len(ids)} tokens and the reply do not fit into the model's {self._longest}")
        return self._batcher.process((request, ids))

    def close(self) -> None:
        self._batcher.close()
        self._engine = None

    def _work(self, next_items: Callable[[int, bool], list[PendingItem[TokenizedRequest, Reply]]]) -> None:
        from vllm import SamplingParams

        while items := next_items(_BATCH, True):
            sampling_params = [
                SamplingParams(
                    max_tokens=request.sampling.max_tokens,
                    temperature=request.sampling.temperature,
                    top_p=request.sampling.top_p,
                    seed=request.seed,
                    stop_token_ids=self._chat.stops,
                )
                for (request, _), _ in items
            ]
            prompts = [{"prompt_token_ids": ids} for (_, ids), _ in items]
            outputs = self._engine.generate(prompts, sampling_params, use_tqdm=False)
            for ((_, ids), future), output in zip(items, outputs, strict=True):
                best = output.outputs[0]
                future.set_result(Reply(best.text.strip(), best.finish_reason, len(ids), len(best.token_ids)))
