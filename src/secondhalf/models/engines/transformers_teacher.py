"""A teacher through transformers: for folders of safetensors and small models, on a GPU where there is one.

Replies are written row by row (continuous_batching.py), each with a seed of its own.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random

from secondhalf.models.chat.chat_tokens import ChatTokens, PlainTokens
from secondhalf.models.engines.request_batcher import PendingItem, RequestBatcher
from secondhalf.models.request import RefusedError, Reply, Request
from secondhalf.models.weights.context_length import max_context
from secondhalf.models.weights.load import load_student

_USUAL = 2048  # tokens of a prompt with its reply that every row has memory for
TokenizedRequest = tuple[Request, list[int]]


class TransformersTeacher:
    """One model in memory. Four times its rows of questions are asked at once, so that those of like lengths begin together."""

    def __init__(self, folder: Path, identity: str, rows: int | None = None, *, plain: bool = False) -> None:
        """`plain`: it carries texts on as they stand, without a chat template."""
        import torch

        from secondhalf.models.generation.batch_size import rows_at_once

        self.identity = identity
        self._tokenizer, self._model = load_student(folder)
        self._chat = (PlainTokens if plain else ChatTokens)(self._tokenizer, folder)
        device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model.to(device).eval()
        # See student.py: a frozen output layer is copied for every prompt of a batch.
        self._model.get_output_embeddings().weight.requires_grad_(True)
        self._longest = max_context(self._model) or 10**9
        self._rows = rows or rows_at_once(self._model, min(self._longest, _USUAL))
        self.slots = 4 * self._rows
        self._batcher: RequestBatcher[TokenizedRequest, list[int]] = RequestBatcher(
            self._work, size=lambda question: len(question[1])
        )

    def generate(self, request: Request) -> Reply:
        """The reply. Raises RefusedError when prompt and reply do not fit into the model's context."""
        ids = self._chat.ids(request.messages)
        if len(ids) + request.sampling.max_tokens > self._longest:
            raise RefusedError(f"{len(ids)} tokens and the reply do not fit into the model's {self._longest}")
        return self._reply(len(ids), self._batcher.process((request, ids)))

    def close(self) -> None:
        self._batcher.close()
        self._model = None

    def _work(self, next_items: Callable[[int, bool], list[PendingItem[TokenizedRequest, list[int]]]]) -> None:
        import torch

        from secondhalf.models.generation.batch import SequenceState
        from secondhalf.models.generation.continuous_batching import decode

        def rows(most: int, idle: bool) -> list[SequenceState]:
            return [
                SequenceState(ids, request.sampling, Random(request.seed), future)
                for (request, ids), future in next_items(most, idle)
            ]

        stops = self._chat.stops
        pad = self._tokenizer.pad_token_id if self._tokenizer.pad_token_id is not None else stops[0]
        with torch.inference_mode():
            for row in decode(
                self._model, rows, lambda generated: generated[-1] in stops, max_rows=self._rows, pad=pad
            ):
                row.handle.set_result(row.generated)

    def _reply(self, prompt_tokens: int, generated: list[int]) -> Reply:
        """The end is a token that was generated, as servers count."""
        stopped = generated[-1] in self._chat.stops
        text = self._chat.text(generated[:-1] if stopped else generated)
        return Reply(text, "stop" if stopped else "length", prompt_tokens, len(generated))
