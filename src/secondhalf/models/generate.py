"""A teacher through transformers' own `generate`: the fallback for folders of safetensors, on a GPU where there is one.

Replies are generated in batches of like length, padded on the left, each row with a seed of its own.
"""

from collections.abc import Sequence
from pathlib import Path
from random import Random

from secondhalf.models.chat_tokens import ChatTokens
from secondhalf.models.draw import Draw
from secondhalf.models.gather import Gather
from secondhalf.models.local import load_student
from secondhalf.models.quiet import quiet
from secondhalf.models.request import RefusedError, Reply, Request

_BATCH = {"cpu": 32, "cuda": 256}  # replies generated together
Asked = tuple[Request, list[int]]


class Generate:
    """One model in memory. Four batches' worth of questions are taken at once, so that each batch is of like lengths."""

    def __init__(self, folder: Path, identity: str, batch: int | None = None) -> None:
        import torch

        self.identity = identity
        self._tokenizer, self._model = load_student(folder)
        self._chat = ChatTokens(self._tokenizer, folder)
        device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model.to(device).eval()
        # See local.py: a frozen output layer is copied for every prompt of a batch.
        self._model.get_output_embeddings().weight.requires_grad_(True)
        most = batch or _BATCH[device]
        self.slots = 4 * most
        self._longest = int(getattr(self._model.config, "max_position_embeddings", 0) or 10**9)
        self._gather: Gather[Asked, Reply] = Gather(
            self._answers, most=most, size=lambda asked: len(asked[1]), kind=lambda asked: asked[0].sampling.max_tokens
        )

    def ask(self, request: Request) -> Reply:
        """The reply. Raises RefusedError when prompt and reply do not fit into the model's context."""
        ids = self._chat.ids(request.messages)
        if len(ids) + request.sampling.max_tokens > self._longest:
            raise RefusedError(f"{len(ids)} tokens and the reply do not fit into the model's {self._longest}")
        return self._gather.ask((request, ids))

    def close(self) -> None:
        self._gather.close()
        self._model = None

    def _answers(self, asked: Sequence[Asked]) -> Sequence[Reply | Exception]:
        import torch

        most = max(request.sampling.max_tokens for request, _ in asked)
        width = max(len(ids) for _, ids in asked)
        pad = self._tokenizer.pad_token_id if self._tokenizer.pad_token_id is not None else self._chat.stops[0]
        device = self._model.device
        tokens = torch.tensor([[pad] * (width - len(ids)) + ids for _, ids in asked], device=device)
        mask = torch.tensor([[0] * (width - len(ids)) + [1] * len(ids) for _, ids in asked], device=device)
        draw = Draw([Random(request.seed) for request, _ in asked], [request.sampling for request, _ in asked], device)
        with torch.inference_mode(), quiet():
            out = self._model.generate(
                input_ids=tokens, attention_mask=mask, max_new_tokens=most, do_sample=False, logits_processor=[draw.only],
                eos_token_id=self._chat.stops, pad_token_id=pad,
            )  # fmt: skip
        rows = zip(asked, out[:, width:].tolist(), strict=True)
        return [self._reply(request, len(ids), written) for (request, ids), written in rows]

    def _reply(self, request: Request, read: int, written: list[int]) -> Reply:
        written = written[: request.sampling.max_tokens]
        end = next((place for place, token in enumerate(written) if token in self._chat.stops), None)
        text = self._chat.text(written[:end])
        # The end is a token that was generated, as servers count.
        return Reply(text, "length" if end is None else "stop", read, len(written) if end is None else end + 1)
