"""A student in this process: its answers and its likelihoods, with or without an adapter."""

from collections import deque
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any, Unpack

from secondhalf.errors import UserError
from secondhalf.models.context import context
from secondhalf.models.load import load_student
from secondhalf.models.pack import hidden_states, logprobs, packs
from secondhalf.models.quiet import quiet
from secondhalf.models.request import Sampling
from secondhalf.models.vllm_answers import VllmAnswers, carries
from secondhalf.models.writing import Writing
from secondhalf.progress import Progress

_BUDGET = 512  # tokens scored together: on two cores larger ones were slower


class Local:
    """One base model in memory, for any number of adapters, one in use at a time."""

    def __init__(self, folder: Path, engine: str = "transformers") -> None:
        """`engine`: transformers, or vllm for the answers of what it can carry; likelihoods are always transformers'."""
        self.tokenizer, self._base = load_student(folder)
        self._folder, self._engine = folder, engine
        self._adapter: Path | None = None
        self._model = self._base
        self._base.eval()

    @property
    def model(self) -> Any:
        """What answers now: the base, or the base with its adapter."""
        return self._model

    @cached_property
    def _vllm(self) -> VllmAnswers | None:
        return VllmAnswers(self._folder) if self._engine == "vllm" else None

    def use(self, adapter: Path | None) -> None:
        """Answers from here on come from the base with this adapter, or from the base alone."""
        self._adapter = adapter
        if self._model is not self._base:
            for layer in _token_layers(self._model):
                layer.unmerge()
            self._base = self._model.unload()
            self._model = self._base
        if adapter is not None:
            from peft import PeftModel

            with quiet():
                # LoRA in the base's own type: casting to float32 and back doubles the time of a token.
                # The whole model must not be cast: its rotary frequencies are float32, and would stay rounded.
                self._model = PeftModel.from_pretrained(self._base, adapter, autocast_adapter_dtype=False)
            # Trained rows of a vocabulary are written into it: PEFT would copy the whole of it for every token.
            for layer in _token_layers(self._model):
                layer.merge()
        # A frozen output layer makes torch copy its whole weight for every prompt of a batch (matmul does not fold what
        # needs no gradient): answers took nine times as long. Nothing is trained here, so the mark is harmless.
        head = self._base.get_output_embeddings()
        getattr(head, "original_module", head).weight.requires_grad_(True)
        self._model.eval()

    def generate(self, prompts: Sequence[list[int]], **how: Unpack[Writing]) -> list[tuple[str, str, int]]:
        """For each prompt's token ids: the answer, "stop" or "length", and the answer's number of tokens."""
        written = self.generate_ids(prompts, **how)
        return [self._finished(tokens, how["stop_ids"], how.get("stop_text", "")) for tokens in written]

    def generate_ids(self, prompts: Sequence[list[int]], **how: Unpack[Writing]) -> list[list[int]]:
        """As `generate`: each answer's token ids, with the stop token where it stopped."""
        import torch

        from secondhalf.models.decode import decode
        from secondhalf.models.row_batch import Row
        from secondhalf.models.rows_at_once import rows_at_once

        max_tokens, stop_ids, stop_text = how["max_tokens"], how["stop_ids"], how.get("stop_text", "")
        longest, label = max(map(len, prompts), default=0), how.get("label", "answers")
        self._fits(longest, max_tokens, label)
        if self._vllm is not None and carries(self._adapter):
            return self._vllm.generate_ids(prompts, self._adapter, **how)
        drawn = Sampling(max_tokens=max_tokens, temperature=how["temperature"], top_p=1.0)
        order = sorted(range(len(prompts)), key=lambda index: (len(prompts[index]), index))
        waiting = deque(Row(prompts[index], drawn, Random(how["seed"] + index), index) for index in order)

        def over(tokens: list[int]) -> bool:
            return tokens[-1] in stop_ids or bool(stop_text and stop_text in self._tail(tokens, stop_text))

        def take(free: int, idle: bool) -> list[Row]:
            return [waiting.popleft() for _ in range(min(free, len(waiting)))]

        answers: dict[int, list[int]] = {}
        pad, width = self._pad(stop_ids), rows_at_once(self._base, longest + max_tokens)
        # By tokens: many answers are written at once, and end late. One that ends early jumps over what it might have had.
        with Progress(label, len(prompts) * max_tokens, "tokens") as progress, torch.inference_mode(), quiet():
            for row in decode(self._model, take, over, width=width, pad=pad, wrote=progress.advance):
                answers[row.owner] = row.written
                progress.advance(max_tokens - len(row.written), answers=len(answers))
        return [answers[index] for index in range(len(prompts))]

    def _tail(self, tokens: list[int], stop_text: str) -> str:
        """The end of an answer, long enough for the text that ends it: a token is a character at least, or a part of one."""
        return str(self.tokenizer.decode(tokens[-4 * len(stop_text) - 4 :], skip_special_tokens=True))

    def _pad(self, stop_ids: list[int]) -> int:
        return self.tokenizer.pad_token_id if self.tokenizer.pad_token_id is not None else stop_ids[0]

    def _fits(self, prompt: int, answer: int, label: str) -> None:
        limit = context(self._base)
        if limit is not None and prompt + answer > limit:
            raise UserError(
                f"{label}: a prompt of {prompt} tokens and an answer of up to {answer} pass the student's context of {limit} "
                f"(max_position_embeddings): lower max_tokens to {max(limit - prompt, 0)} or choose another student."
            )

    def _finished(self, tokens: list[int], stop_ids: list[int], stop_text: str) -> tuple[str, str, int]:
        end = next((place for place, token in enumerate(tokens) if token in stop_ids), None)
        kept = tokens if end is None else tokens[:end]
        text = str(self.tokenizer.decode(kept, skip_special_tokens=True)).strip()
        if stop_text and stop_text in text:
            return text.partition(stop_text)[0].strip(), "stop", len(kept)
        return text, "length" if end is None else "stop", len(kept)

    def loglikelihood(
        self, pairs: Sequence[tuple[list[int], list[int]]], *, label: str = "likelihoods"
    ) -> list[tuple[float, int]]:
        """For each (prompt ids, response ids): the response's log-probability in nats, and its number of tokens."""
        import torch

        sums = [0.0] * len(pairs)
        for some, owner, found in self._scored(pairs, label):
            each = torch.zeros(len(some), device=found.device).index_add_(0, owner, found)
            for index, total in zip(some, each.tolist(), strict=True):
                sums[index] = total
        return [(total, len(after)) for total, (_, after) in zip(sums, pairs, strict=True)]

    def token_logprobs(
        self, pairs: Sequence[tuple[list[int], list[int]]], *, label: str = "likelihoods"
    ) -> list[list[float]]:
        """For each (prompt ids, response ids): the log-probability of each of the response's tokens, in nats."""
        each: list[list[float]] = [[] for _ in pairs]
        for some, owner, found in self._scored(pairs, label):
            for place, value in zip(owner.tolist(), found.tolist(), strict=True):
                each[some[place]].append(value)
        return each

    def _scored(self, pairs: Sequence[tuple[list[int], list[int]]], label: str) -> Iterator[tuple[list[int], Any, Any]]:
        """Pack by pack: which pairs, and the owner and the log-probability of each supervised token."""
        import torch

        examples = [(before + after, [-100] * len(before) + after) for before, after in pairs]
        order = sorted(range(len(examples)), key=lambda index: (len(examples[index][0]), index))
        with Progress(label, len(pairs), "responses") as progress:
            for pack in packs([len(examples[index][0]) for index in order], _BUDGET):
                some = [order[place] for place in pack]
                with torch.inference_mode():
                    states, labels, owner = hidden_states(self._model, [examples[index] for index in some])
                    found = logprobs(self._model, states, labels)
                yield some, owner, found
                progress.advance(len(some))


def _token_layers(model: Any) -> list[Any]:
    from peft.tuners.trainable_tokens import TrainableTokensLayer

    return [module for module in model.modules() if isinstance(module, TrainableTokensLayer)]
