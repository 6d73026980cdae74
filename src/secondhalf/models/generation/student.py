"""A student in this process: its answers and its likelihoods, with or without an adapter."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from functools import cached_property
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Unpack

from secondhalf.errors import UserError
from secondhalf.models.generation.divergence import divergence
from secondhalf.models.generation.likelihoods import Pair, loglikelihood, token_logprobs
from secondhalf.models.generation.options import AdapterPrompts, GenerationOptions
from secondhalf.models.generation.partial_answers import Keeper, Tokens
from secondhalf.models.generation.vllm_student import VllmStudent, supports_adapter
from secondhalf.models.request import Sampling
from secondhalf.models.weights.adapters import (
    BASE,
    NotByRowError,
    activate_adapter,
    activate_adapters,
    deactivate_adapters,
    is_plain_lora,
)
from secondhalf.models.weights.context_length import max_context
from secondhalf.models.weights.library_output import quiet_transformers
from secondhalf.models.weights.load import load_student
from secondhalf.progress import Progress

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from secondhalf.models.generation.batch import SequenceState

GeneratedAnswer = tuple[str, str, int]
"""An answer, "stop" or "length", and its number of tokens."""


def _go_on(rows: Sequence[SequenceState], number: int, tokens: Tokens) -> None:
    """Has the answers of one request begin behind the tokens that were kept of them; each has drawn one number a token."""
    for row in rows:
        if row.handle[0] == number and (earlier := tokens.get(row.handle[1])):
            row.generated = list(earlier)
            if row.sampling.temperature:
                for _ in earlier:
                    row.generator.random()


class StudentModel:
    """One base model in memory, for any number of adapters."""

    def __init__(self, folder: str | Path, engine: str = "transformers") -> None:
        """`engine`: transformers, or vllm for the answers of what it can carry; likelihoods are always transformers'."""
        folder = Path(folder)
        self.tokenizer, self._base = load_student(folder)
        self._folder, self._engine = folder, engine
        self.temperature = 1.0
        """Every logit is divided by this, in likelihoods and before sampling: greedy answers stay what they are."""
        self._active: list[Path] = []
        self._model = self._base
        self._activate([])

    @property
    def model(self) -> PreTrainedModel:
        """What answers now: the base, or the base with its adapter."""
        return self._model

    @property
    def adapter(self) -> Path | None:
        """The adapter in use."""
        return self._active[0] if self._active else None

    @cached_property
    def _vllm(self) -> VllmStudent | None:
        return VllmStudent(self._folder) if self._engine == "vllm" else None

    def use(self, adapter: Path | None) -> None:
        """Answers from here on come from the base with this adapter, or from the base alone."""
        self._activate([] if adapter is None else [adapter])

    def _activate(self, adapters: list[Path], *, several: bool = False) -> list[str]:
        """Puts on an adapter or none, in place of what was on; or several, with names by which rows tell theirs."""
        if self._model is not self._base:
            self._model = self._base = deactivate_adapters(self._model)
        self._active, names = adapters, list[str]()
        if several:
            self._model, names = activate_adapters(self._base, adapters)
        elif adapters:
            self._model = activate_adapter(self._base, adapters[0])
        # A frozen output layer makes torch copy its whole weight for every prompt of a batch (matmul does not fold what
        # needs no gradient): answers took nine times as long. Nothing is trained here, so the mark is harmless.
        head = self._base.get_output_embeddings()
        getattr(head, "original_module", head).weight.requires_grad_(True)
        self._model.eval()
        return names

    def generate(self, prompts: Sequence[list[int]], **options: Unpack[GenerationOptions]) -> list[GeneratedAnswer]:
        """For each prompt's token ids: the answer, "stop" or "length", and the answer's number of tokens."""
        generated_ids = self.generate_ids(prompts, **options)
        return [self._as_answer(tokens, options["stop_ids"], options.get("stop_text", "")) for tokens in generated_ids]

    def generate_each(
        self, requests: Sequence[AdapterPrompts], **options: Unpack[GenerationOptions]
    ) -> list[list[GeneratedAnswer]]:
        """As `generate`, for several adapters, each with prompts of its own: in the same batches, as far as they can be.

        Each has the seeds that it would have alone. One that is asked alone stays in use; after several, the base alone is.
        """
        generated: dict[int, list[list[int]]] = {}
        kept = options.pop("kept", [])
        batchable = supports_adapter if self._vllm is not None else is_plain_lora
        together = [number for number, (adapter, _) in enumerate(requests) if batchable(adapter)]
        if len({requests[number][0] for number in together}) > 1:
            with suppress(NotByRowError):
                if kept:
                    options["kept"] = [kept[number] for number in together]
                generated_ids = self._generate_together([requests[number] for number in together], **options)
                generated = dict(zip(together, generated_ids, strict=True))
        for number, (adapter, prompts) in enumerate(requests):
            if number not in generated:
                self.use(adapter)
                options["kept"] = kept[number : number + 1]
                generated[number] = self.generate_ids(prompts, **options)
        stops = options["stop_ids"], options.get("stop_text", "")
        return [[self._as_answer(tokens, *stops) for tokens in generated[number]] for number in range(len(requests))]

    def generate_ids(self, prompts: Sequence[list[int]], **options: Unpack[GenerationOptions]) -> list[list[int]]:
        """As `generate`: each answer's token ids, with the stop token where it stopped."""
        if self._vllm is not None and supports_adapter(self.adapter):
            return self._generate_together([(self.adapter, prompts)], **options)[0]
        return self._generate_by_transformers([(BASE, prompts)], **options)[0]

    def _generate_together(
        self, requests: Sequence[AdapterPrompts], **options: Unpack[GenerationOptions]
    ) -> list[list[list[int]]]:
        if self._vllm is not None:
            self._check_context(requests, options)
            options["temperature"] *= self.temperature
            return self._vllm.generate_ids(requests, **options)
        adapters = list(dict.fromkeys(adapter for adapter, _ in requests if adapter is not None))
        names = dict(zip(adapters, self._activate(adapters, several=True), strict=True))
        try:
            return self._generate_by_transformers(
                [(names[adapter] if adapter else BASE, prompts) for adapter, prompts in requests], **options
            )
        finally:
            self.use(None)

    def _generate_by_transformers(
        self, requests: Sequence[tuple[str, Sequence[list[int]]]], **options: Unpack[GenerationOptions]
    ) -> list[list[list[int]]]:
        """By transformers, for prompts with the names of their adapters."""
        import torch

        from secondhalf.models.generation.batch import SequenceState
        from secondhalf.models.generation.batch_size import rows_at_once
        from secondhalf.models.generation.continuous_batching import decode

        max_tokens, stop_ids, stop_text = options["max_tokens"], options["stop_ids"], options.get("stop_text", "")
        longest = self._check_context(requests, options)
        sampling = Sampling(max_tokens=max_tokens, temperature=options["temperature"] * self.temperature, top_p=1.0)
        rows = [
            SequenceState(ids, sampling, Random(options["seed"] + index), (number, index), name)
            for number, (name, prompts) in enumerate(requests)
            for index, ids in enumerate(prompts)
        ]
        kept = options.get("kept", [])
        for number, partial in enumerate(kept):
            _go_on(rows, number, partial.read())

        def is_finished(tokens: list[int]) -> bool:
            return tokens[-1] in stop_ids or bool(stop_text and stop_text in self._tail(tokens, stop_text))

        for row in rows:
            row.finished = bool(row.generated) and (len(row.generated) >= max_tokens or is_finished(row.generated))
        answers = {row.handle: row.generated for row in rows if row.finished}
        unfinished = [row for row in rows if not row.finished]
        waiting = deque(sorted(unfinished, key=lambda row: (len(row.context), row.handle[1], row.handle[0])))

        def next_rows(free: int, idle: bool) -> list[SequenceState]:
            return [waiting.popleft() for _ in range(min(free, len(waiting)))]

        keeper = Keeper(
            kept, lambda number: {r.handle[1]: r.generated for r in rows if r.generated and r.handle[0] == number}
        )
        pad, max_rows = self._pad(stop_ids), rows_at_once(self._base, longest + max_tokens)
        # By tokens: many answers are written at once, and end late. One that ends early jumps over what it might have had.
        label, watch = options.get("label", "answers"), options.get("on_tokens")
        bar = nullcontext() if watch else Progress(label, len(rows) * max_tokens, "tokens")
        with bar as progress, torch.inference_mode(), quiet_transformers():

            def on_tokens(count: int) -> None:
                if progress:
                    progress.advance(count)
                if watch:
                    watch(rows[0].generated)
                keeper.look()

            on_tokens(sum(max_tokens if row.finished else len(row.generated) for row in rows))
            try:
                for row in decode(self._model, next_rows, is_finished, max_rows=max_rows, pad=pad, on_tokens=on_tokens):
                    answers[row.handle] = row.generated
                    if progress:
                        progress.advance(max_tokens - len(row.generated), answers=len(answers))
            finally:
                keeper.end()
        return [
            [answers[number, index] for index in range(len(prompts))] for number, (_, prompts) in enumerate(requests)
        ]

    def _tail(self, tokens: list[int], stop_text: str) -> str:
        """The end of an answer, long enough for the text that ends it: a token is a character at least, or a part of one."""
        return str(self.tokenizer.decode(tokens[-4 * len(stop_text) - 4 :], skip_special_tokens=True))

    def _pad(self, stop_ids: list[int]) -> int:
        return self.tokenizer.pad_token_id if self.tokenizer.pad_token_id is not None else stop_ids[0]

    def _check_context(self, requests: Sequence[tuple[Any, Sequence[list[int]]]], options: GenerationOptions) -> int:
        """The longest prompt. Raises UserError when it and its answer pass the student's context."""
        limit, answer = max_context(self._base), options["max_tokens"]
        prompt = max((len(ids) for _, prompts in requests for ids in prompts), default=0)
        if limit is not None and prompt + answer > limit:
            shorter = f"lower max_tokens to {limit - prompt}" if prompt < limit else "leave that prompt out"
            raise UserError(
                f"{options.get('label', 'answers')}: a prompt of {prompt} tokens and an answer of up to {answer} pass the "
                f"student's context of {limit} (max_position_embeddings): {shorter}, or choose another student."
            )
        return prompt

    def _as_answer(self, tokens: list[int], stop_ids: list[int], stop_text: str) -> GeneratedAnswer:
        end = next((position for position, token in enumerate(tokens) if token in stop_ids), None)
        kept = tokens if end is None else tokens[:end]
        text = str(self.tokenizer.decode(kept, skip_special_tokens=True)).strip()
        if stop_text and stop_text in text:
            return text.partition(stop_text)[0].strip(), "stop", len(kept)
        return text, "length" if end is None else "stop", len(kept)

    def loglikelihood(self, pairs: Sequence[Pair], *, label: str = "likelihoods") -> list[tuple[float, int]]:
        """For each (prompt ids, response ids): the response's log-probability in nats, and its number of tokens."""
        return loglikelihood(self._model, pairs, label, self.temperature)

    def divergence(self, pairs: Sequence[Pair], *, label: str = "divergence") -> list[tuple[float, float]]:
        """For each (prompt ids, response ids): mean entropy, and mean divergence from the base alone, in nats a token."""
        return divergence(self._model, pairs, label, self.temperature)

    def token_logprobs(self, pairs: Sequence[Pair], *, label: str = "likelihoods") -> list[list[float]]:
        """For each (prompt ids, response ids): the log-probability of each of the response's tokens, in nats."""
        return token_logprobs(self._model, pairs, label, self.temperature)
