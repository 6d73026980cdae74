"""A student that answers in this process, with or without an adapter: answers, and the likelihood of given ones.

One student is in memory for any number of adapters. An adapter is merged into the weights while it is in use, and the
weights it touched are put back from a copy of them, exactly. Batches are ordered by length, so what stands beside a
prompt is decided by the prompts alone; each prompt draws from its own random numbers.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.student import (
    check_memory, head, hidden_states, load_model, load_tokenizer, log_probabilities, pack,
)  # fmt: skip
from secondhalf.progress import Progress

_TOKENS_A_ROW = 512


class Local:
    """One loaded student. `tokenizer` is its own."""

    def __init__(self, folder: Path, dtype: str = "bfloat16", batch: int = 32) -> None:
        """Loads a folder of safetensors. Raises UserError when it is none, or memory is short."""
        self.tokenizer = load_tokenizer(folder)
        self._model = load_model(folder, dtype)
        self._batch = batch
        self._adapter: Path | None = None
        self._untouched: dict[str, Any] = {}

    def use(self, adapter: Path | None) -> None:
        """Answers with this adapter from now on; None: with the student as it was. Raises UserError when it does not fit."""
        if adapter == self._adapter:
            return
        weights = dict(self._model.named_parameters())
        for name, weight in self._untouched.items():
            weights[name].data.copy_(weight)
        self._untouched, self._adapter = {}, None
        if adapter is not None:
            self._merge(adapter, weights)
            self._adapter = adapter

    def _merge(self, adapter: Path, weights: dict[str, Any]) -> None:
        from peft import PeftModel

        names = {id(weight): name for name, weight in weights.items()}
        try:
            adapted = PeftModel.from_pretrained(self._model, adapter, local_files_only=True)
        except (OSError, ValueError, RuntimeError) as error:
            raise UserError(f"{adapter} is no adapter of this student ({str(error).splitlines()[0]}).") from error
        touched = [
            m.get_base_layer().weight
            for m in adapted.modules()
            if hasattr(m, "get_base_layer") and hasattr(m, "lora_A")
        ]
        self._untouched = {names[id(weight)]: weight.detach().clone() for weight in touched}
        self._model = adapted.merge_and_unload()
        # Peft leaves its configuration on the model, and would warn of a second adapter.
        if hasattr(self._model, "peft_config"):
            del self._model.peft_config

    def generate(
        self,
        prompts: Sequence[Sequence[int]],
        *,
        max_tokens: int,
        temperature: float = 0.0,
        seed: int = 0,
        stop_ids: Sequence[int] = (),
        stop_words: Sequence[str] = (),
        label: str = "answers",
    ) -> list[tuple[str, str, int]]:
        """(text, "stop" or "length", tokens) for each prompt, in their order. Texts are stripped of blanks.

        Temperature 0 is greedy. `tokens` counts those generated before the stop. A stop word ends the answer before it.
        """
        order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
        answers: dict[int, tuple[str, str, int]] = {}
        with Progress(label, len(prompts), "answers") as progress:
            for start in range(0, len(order), self._batch):
                some = order[start : start + self._batch]
                drawn = self._draw(
                    [list(prompts[i]) for i in some], some, max_tokens, temperature, seed, set(stop_ids), stop_words
                )
                answers.update(zip(some, drawn, strict=True))
                progress.advance(len(some))
        return [answers[index] for index in range(len(prompts))]

    def _draw(
        self, prompts: list[list[int]], indices: list[int], max_tokens: int, temperature: float, seed: int,
        stop_ids: set[int], stop_words: Sequence[str],
    ) -> list[tuple[str, str, int]]:  # fmt: skip
        """One batch, left-padded; a finished answer leaves it, so that the others go on faster."""
        import torch
        from transformers import DynamicCache

        model, width = self._model, max(map(len, prompts))
        ids = torch.tensor([[0] * (width - len(p)) + p for p in prompts], device=model.device)
        mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in prompts], device=model.device)
        positions = (mask.cumsum(1) - 1).clamp(min=0)
        cache = DynamicCache(config=model.config)
        numbers = [torch.Generator().manual_seed((seed << 32) + index) for index in indices]
        found: list[list[int]] = [[] for _ in prompts]
        finish = ["length"] * len(prompts)
        live = list(range(len(prompts)))
        with torch.inference_mode():
            for step in range(max_tokens):
                logits = model(
                    input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=cache, use_cache=True,
                    logits_to_keep=1,
                ).logits[:, -1]  # fmt: skip
                tokens = _choose(logits, temperature, [numbers[i] for i in live])
                staying = []
                for place, (i, token) in enumerate(zip(live, tokens, strict=True)):
                    if token in stop_ids:
                        finish[i] = "stop"
                        continue
                    found[i].append(token)
                    if stop_words and self._stopped(found[i], stop_words):
                        finish[i] = "stop"
                    else:
                        staying.append(place)
                if not staying or step == max_tokens - 1:
                    break
                keep = torch.tensor(staying, device=model.device)
                if len(staying) < len(live):
                    cache.batch_select_indices(keep)
                    mask, positions = mask[keep], positions[keep]
                    live = [live[place] for place in staying]
                ids = torch.tensor([[found[i][-1]] for i in live], device=model.device)
                mask = torch.cat([mask, mask.new_ones(len(live), 1)], 1)
                positions = positions[:, -1:] + 1
        return [(self._text(tokens, stop_words), finish[i], len(tokens)) for i, tokens in enumerate(found)]

    def _stopped(self, tokens: list[int], stop_words: Sequence[str]) -> bool:
        # A stop word is short: the last tokens are enough to see it appear.
        tail = self.tokenizer.decode(tokens[-16:], skip_special_tokens=True)
        return any(word in tail for word in stop_words)

    def _text(self, tokens: list[int], stop_words: Sequence[str]) -> str:
        text = str(self.tokenizer.decode(tokens, skip_special_tokens=True))
        ends = [text.find(word) for word in stop_words if word in text]
        return text[: min(ends, default=len(text))].strip()

    def loglikelihood(
        self, pairs: Sequence[tuple[Sequence[int], Sequence[int]]], *, label: str = "likelihoods"
    ) -> list[tuple[float, int]]:
        """(sum of natural log-probabilities, tokens) of each response after its prompt, in order; both as token ids.

        Several pairs go through the student as one row, and do not see each other. Raises UserError for an empty prompt.
        """
        import torch

        for index, (prompt, _) in enumerate(pairs):
            if not prompt:
                raise UserError(f"Pair {index} has an empty prompt: the first token has no likelihood without one.")
        model, sums = self._model, dict[int, tuple[float, int]]()
        with Progress(label, len(pairs), "responses") as progress, torch.inference_mode():
            for some in _rows([len(prompt) + len(response) for prompt, response in pairs]):
                ids, positions = pack([[*pairs[i][0], *pairs[i][1]] for i in some], model.device)
                places, start = [], 0
                for i in some:
                    begin = start + len(pairs[i][0])
                    start = begin + len(pairs[i][1])
                    places += range(begin - 1, start - 1)
                where = torch.tensor(places, dtype=torch.long, device=model.device)
                hidden = hidden_states(model, ids, positions)[0, where]
                found = log_probabilities(head(model), hidden, ids[0, where + 1]).double().cpu()
                for i, part in zip(some, found.split([len(pairs[i][1]) for i in some]), strict=True):
                    sums[i] = (float(part.sum()), len(part))
                progress.advance(len(some))
        return [sums[index] for index in range(len(pairs))]


def _rows(lengths: list[int]) -> list[list[int]]:
    """Indices in rows of at most _TOKENS_A_ROW tokens (a longer one alone), shortest first."""
    rows: list[list[int]] = []
    used = 0
    for index in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        if not rows or used + lengths[index] > _TOKENS_A_ROW:
            rows.append([])
            used = 0
        rows[-1].append(index)
        used += lengths[index]
    return rows


def _choose(logits: Any, temperature: float, numbers: list[Any]) -> list[int]:
    """The next token of each row: the likeliest, or drawn by each row's own random number."""
    import torch

    if temperature == 0:
        return [int(token) for token in logits.argmax(-1)]
    heights = torch.softmax(logits.float() / temperature, -1).cumsum(-1).cpu()
    drawn = torch.stack([torch.rand(1, generator=number) for number in numbers]) * heights[:, -1:]
    return [
        int(token) for token in torch.searchsorted(heights, drawn, right=True).clamp(max=logits.shape[-1] - 1)[:, 0]
    ]
