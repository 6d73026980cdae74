"""A student's answers through vLLM, for a GPU: `pip install 'secondhalf[vllm]'`. An adapter is vLLM's own LoRA."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Unpack

from secondhalf import install
from secondhalf.errors import UserError
from secondhalf.models.generation.options import AdapterPrompts, GenerationOptions
from secondhalf.models.weights.adapters import is_plain_lora
from secondhalf.progress import Progress

_RANK = 64  # of the largest adapter that memory is kept for
_LORAS = 4  # adapters in one batch; more take turns
_MEMORY = 0.5  # of the GPU: the student is there a second time, for its likelihoods
_AT_ONCE = 1024  # prompts between two movements of the bar: vLLM batches by itself


class VllmStudent:
    """One student in vLLM. What it answers with is the base, or the base with one of the adapters that it can carry."""

    def __init__(self, folder: Path) -> None:
        check_vllm()
        from vllm import LLM

        # The model's own sampling settings would silently shape its answers.
        self._engine: Any = LLM(
            model=str(folder),
            trust_remote_code=False,
            generation_config="vllm",
            enable_lora=True,
            max_lora_rank=_RANK,
            max_loras=_LORAS,
            gpu_memory_utilization=_MEMORY,
        )
        self._adapters: list[Path] = []

    def generate_ids(
        self, requests: Sequence[AdapterPrompts], **options: Unpack[GenerationOptions]
    ) -> list[list[list[int]]]:
        """For adapters with prompts of their own: each answer's token ids, with the stop token where it stopped."""
        from vllm import SamplingParams

        stop_ids, stop_text = options["stop_ids"], options.get("stop_text")
        rows = [
            (number, self._lora(adapter), options["seed"] + index, ids)
            for number, (adapter, prompts) in enumerate(requests)
            for index, ids in enumerate(prompts)
        ]
        generated: list[list[list[int]]] = [[] for _ in requests]
        with Progress(options.get("label", "answers"), len(rows), "answers") as progress:
            for start in range(0, len(rows), _AT_ONCE):
                chunk = rows[start : start + _AT_ONCE]
                sampling_params = [
                    SamplingParams(
                        max_tokens=options["max_tokens"],
                        temperature=options["temperature"],
                        seed=seed,
                        stop_token_ids=stop_ids,
                        stop=[stop_text] if stop_text else None,
                        ignore_eos=True,  # the template says what ends an answer
                    )
                    for _, _, seed, _ in chunk
                ]
                prompts = [{"prompt_token_ids": ids} for *_, ids in chunk]
                loras = [lora for _, lora, _, _ in chunk]
                outputs = self._engine.generate(prompts, sampling_params, lora_request=loras, use_tqdm=False)
                for (number, *_), output in zip(chunk, outputs, strict=True):
                    generated[number].append(_ids(output.outputs[0], stop_ids))
                progress.advance(len(chunk))
        return generated

    def _lora(self, adapter: Path | None) -> Any:
        if adapter is None:
            return None
        from vllm.lora.request import LoRARequest

        if adapter not in self._adapters:
            self._adapters.append(adapter)
        number = self._adapters.index(adapter) + 1
        return LoRARequest(f"adapter-{number}", number, str(adapter))


def check_vllm() -> None:
    """Raises UserError where vLLM is not installed."""
    try:
        import vllm  # noqa: F401
    except ImportError as error:
        raise UserError(f"evaluate.engine: vllm needs a GPU and {install.extra('vllm')}.") from error


def supports_adapter(adapter: Path | None) -> bool:
    """Whether vLLM applies such an adapter: plain LoRA of one rank that there is memory for."""
    if adapter is None:
        return True
    config = json.loads((adapter / "adapter_config.json").read_text("utf-8"))
    return int(config.get("r", 0)) <= _RANK and is_plain_lora(adapter)


def _ids(output: Any, stop_ids: list[int]) -> list[int]:
    """An answer that ended at a stop token has it last, whether this version of vLLM hands it on or not."""
    ids = list(output.token_ids)
    ended = output.finish_reason == "stop" and not isinstance(output.stop_reason, str)
    return [*ids, stop_ids[0]] if ended and (not ids or ids[-1] not in stop_ids) else ids
