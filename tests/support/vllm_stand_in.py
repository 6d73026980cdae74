"""A stand-in for the package vllm, which needs a GPU: the calls that we make, answered by a naive loop over transformers."""

import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch


@dataclass
class SamplingParams:
    """What we ask for."""

    max_tokens: int
    temperature: float
    seed: int
    stop_token_ids: list[int]
    top_p: float = 1.0
    stop: list[str] | None = None
    ignore_eos: bool = False


@dataclass(frozen=True)
class LoRARequest:
    """An adapter; its number tells it from others."""

    lora_name: str
    lora_int_id: int
    lora_path: str


class LLM:
    """Greedy alone. `dropped`: a version that does not hand on the stop token."""

    dropped = False

    def __init__(self, model: str, trust_remote_code: bool, generation_config: str, **settings: Any) -> None:
        from secondhalf.models.weights.load import load_student

        assert not trust_remote_code
        assert generation_config == "vllm"
        self._settings = settings
        self._tokenizer, self._base = load_student(Path(model))
        self._adapted: dict[int, Any] = {0: self._base}
        self.llm_engine = SimpleNamespace(model_config=SimpleNamespace(max_model_len=64))
        self.requests: list[tuple[Any, Any]] = []

    def get_tokenizer(self) -> Any:
        return self._tokenizer

    def generate(
        self,
        prompts: list[dict[str, list[int]]],
        sampling_params: list[SamplingParams],
        lora_request: Any = None,
        use_tqdm: bool = True,
    ) -> list[Any]:
        assert len(prompts) == len(sampling_params)
        assert not use_tqdm
        loras = lora_request if isinstance(lora_request, list) else [lora_request] * len(prompts)
        self.requests += list(zip(loras, sampling_params, strict=True))
        return [
            self._answer(self._model(lora), prompt["prompt_token_ids"], params)
            for lora, prompt, params in zip(loras, prompts, sampling_params, strict=True)
        ]

    def _model(self, lora: LoRARequest | None) -> Any:
        if lora is None:
            return self._base
        assert self._settings["enable_lora"]
        if lora.lora_int_id not in self._adapted:
            from peft import PeftModel

            from secondhalf.models.weights.load import load_student

            base = load_student(Path(self._base.name_or_path))[1]
            self._adapted[lora.lora_int_id] = PeftModel.from_pretrained(base, lora.lora_path)
        return self._adapted[lora.lora_int_id]

    def _answer(self, model: Any, ids: list[int], params: SamplingParams) -> Any:
        generated: list[int] = []
        finish, reason = "length", None
        while len(generated) < params.max_tokens and finish == "length":
            with torch.inference_mode():
                logits = model(input_ids=torch.tensor([ids + generated]), use_cache=False).logits[0, -1]
            generated.append(int(logits.argmax()))
            text = self._tokenizer.decode(generated, skip_special_tokens=True)
            if generated[-1] in params.stop_token_ids:
                finish = "stop"
            elif params.stop and any(stop in text for stop in params.stop):
                finish, reason = "stop", params.stop[0]
        ended = generated[-1] in params.stop_token_ids
        if ended and self.dropped:
            generated.pop()
        text = self._tokenizer.decode(generated[: -1 if ended and not self.dropped else None], skip_special_tokens=True)
        return SimpleNamespace(
            outputs=[SimpleNamespace(token_ids=generated, text=text, finish_reason=finish, stop_reason=reason)]
        )


def install(monkeypatch: pytest.MonkeyPatch) -> type[LLM]:
    """`import vllm` is the stand-in until the test ends."""
    package, lora, request = (ModuleType(name) for name in ("vllm", "vllm.lora", "vllm.lora.request"))
    package.LLM, package.SamplingParams, request.LoRARequest = LLM, SamplingParams, LoRARequest  # type: ignore[attr-defined]
    for module in (package, lora, request):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return LLM
