"""A student in this process: its answers and its likelihoods, with or without an adapter."""

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import psutil

from secondhalf.errors import UserError
from secondhalf.models.context import context
from secondhalf.models.output_layer import check_output_layer
from secondhalf.models.pack import hidden_states, logprobs, packs
from secondhalf.models.quiet import quiet
from secondhalf.models.request import Sampling
from secondhalf.progress import Progress

_ROWS = {"cpu": 128, "cuda": 256}  # answers written together, at most
_SHARE = (
    8  # of all memory one part in so many is for their keys and values: not of what is free, since a batch of another
)
# width rounds otherwise, and equal runs would differ
_BUDGET = 512  # tokens scored together: on two cores larger ones were slower


class Local:
    """One base model in memory, for any number of adapters, one in use at a time."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer, self._base = load_student(folder)
        self._model = self._base
        self._base.eval()

    @property
    def model(self) -> Any:
        """What answers now: the base, or the base with its adapter."""
        return self._model

    def use(self, adapter: Path | None) -> None:
        """Answers from here on come from the base with this adapter, or from the base alone."""
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

    def generate(
        self,
        prompts: Sequence[list[int]],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop_ids: list[int],
        stop_text: str = "",
        label: str = "answers",
    ) -> list[tuple[str, str, int]]:
        """For each prompt's token ids: the answer, "stop" or "length", and the answer's number of tokens.

        An answer is over at one of `stop_ids`, or where it says `stop_text`. Equal seeds give equal answers.
        """
        written = self.generate_ids(
            prompts,
            max_tokens=max_tokens,
            temperature=temperature,
            seed=seed,
            stop_ids=stop_ids,
            stop_text=stop_text,
            label=label,
        )
        return [self._finished(tokens, stop_ids, stop_text) for tokens in written]

    def generate_ids(
        self,
        prompts: Sequence[list[int]],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop_ids: list[int],
        stop_text: str = "",
        label: str = "answers",
    ) -> list[list[int]]:
        """As `generate`: each answer's token ids, with the stop token where it stopped."""
        import torch

        from secondhalf.models.decode import Row, decode

        longest = max(map(len, prompts), default=0)
        self._fits(longest, max_tokens, label)
        drawn = Sampling(max_tokens=max_tokens, temperature=temperature, top_p=1.0)
        order = sorted(range(len(prompts)), key=lambda index: (len(prompts[index]), index))
        waiting = deque(Row(prompts[index], drawn, Random(seed + index), index) for index in order)

        def over(tokens: list[int]) -> bool:
            return tokens[-1] in stop_ids or bool(stop_text and stop_text in self._tail(tokens, stop_text))

        def take(free: int, idle: bool) -> list[Row]:
            return [waiting.popleft() for _ in range(min(free, len(waiting)))]

        answers: dict[int, list[int]] = {}
        pad, width = self._pad(stop_ids), self._rows(longest + max_tokens)
        with Progress(label, len(prompts), "answers") as progress, torch.inference_mode(), quiet():
            for row in decode(self._model, take, over, width=width, pad=pad):
                answers[row.owner] = row.written
                progress.advance(1)
        return [answers[index] for index in range(len(prompts))]

    def _rows(self, tokens: int) -> int:
        import torch

        from secondhalf.models.kv_cache import rows_that_fit

        kind = self._base.device.type
        memory = torch.cuda.mem_get_info()[1] if kind == "cuda" else psutil.virtual_memory().total
        return min(_ROWS.get(kind, 64), rows_that_fit(self._base, tokens, memory // _SHARE))

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


def load_student(folder: Path, precision: str = "auto", *, four_bits: bool = False) -> tuple[Any, Any]:
    """Tokenizer and model (safetensors only, no remote code), on the GPU where there is one.

    `precision`: auto, bf16 or float32; `four_bits`: the linear layers in NF4 (QLoRA). Raises UserError when it does not
    fit or load.
    """
    size = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    if not size:
        raise UserError(f"{folder} holds no .safetensors file: pickled weights are not read; convert them first.")
    need, have = int(size * 2.5), psutil.virtual_memory().available
    if need > have:
        raise UserError(
            f"The student needs about {need >> 20} MB of memory, {have >> 20} MB are free: choose a smaller student."
        )
    try:
        with quiet():
            import torch
            from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

            kind = dtype(precision)
            more = {"quantization_config": _four_bits(kind)} if four_bits else {}
            tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
            # Attention is transformers' own choice: fused where the model's class can, else plain (Gemma 2's is capped).
            model = AutoModelForCausalLM.from_pretrained(
                folder, dtype=kind, use_safetensors=True, trust_remote_code=False, **more
            )
            if torch.cuda.is_available() and not four_bits:
                model.to("cuda")
            # A hub student's own settings (a repetition penalty, a cut of the tail) would silently shape its answers.
            model.generation_config = GenerationConfig()
    except ImportError as error:
        raise UserError(f"A student needs `pip install 'secondhalf[train]'` ({error.name} is missing).") from error
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        if "trust_remote_code" in str(error):
            raise UserError(
                f"{folder} wants to run code of its own (auto_map in config.json), which is never done here: choose a student "
                "of a type that transformers has."
            ) from error
        raise UserError(f"{folder} cannot be loaded as a causal language model ({reason}).") from error
    check_end_token(tokenizer, folder)
    check_output_layer(model)
    return tokenizer, model


def dtype(precision: str = "auto") -> Any:
    """The torch type of weights: bf16 where the processor or the GPU multiplies it itself, else float32, or as told."""
    import torch

    if precision != "auto":
        return torch.bfloat16 if precision == "bf16" else torch.float32
    if torch.cuda.is_available():
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    able = torch.cpu.get_capabilities()
    native = any(able.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16", "sve_bf16"))
    return torch.bfloat16 if native else torch.float32


def _four_bits(kind: Any) -> Any:
    from importlib.util import find_spec

    from transformers import BitsAndBytesConfig

    if find_spec("bitsandbytes") is None:
        raise UserError("train.method: qlora needs bitsandbytes: `pip install 'secondhalf[qlora]'`.")
    return BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=kind
    )


def check_end_token(tokenizer: Any, folder: Path) -> None:
    """Raises UserError for a tokenizer without an end token."""
    if tokenizer.eos_token_id is None:
        raise UserError(
            f"{folder}: the tokenizer has no end token (eos_token in tokenizer_config.json), so no answer could stop: name it "
            "there or choose another student."
        )
