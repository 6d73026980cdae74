"""A student's answers through vLLM, for a GPU: `pip install 'secondhalf[vllm]'`. An adapter is vLLM's own LoRA."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Unpack

from secondhalf.errors import UserError
from secondhalf.models.writing import Writing
from secondhalf.progress import Progress

_RANK = 64  # of the largest adapter that memory is kept for
_MEMORY = 0.5  # of the GPU: the student is there a second time, for its likelihoods
_AT_ONCE = 1024  # prompts between two movements of the bar: vLLM batches by itself


class VllmAnswers:
    """One student in vLLM. What it answers with is the base, or the base with one of the adapters that it can carry."""

    def __init__(self, folder: Path) -> None:
        check()
        from vllm import LLM

        # The model's own sampling settings would silently shape its answers.
        self._engine: Any = LLM(
            model=str(folder),
            trust_remote_code=False,
            generation_config="vllm",
            enable_lora=True,
            max_lora_rank=_RANK,
            gpu_memory_utilization=_MEMORY,
        )
        self._adapters: list[Path] = []

    def generate_ids(
        self, prompts: Sequence[list[int]], adapter: Path | None, **how: Unpack[Writing]
    ) -> list[list[int]]:
        """As Local.generate_ids: each answer's token ids, with the stop token where it stopped."""
        from vllm import SamplingParams

        lora, stop_ids, stop_text = self._lora(adapter), how["stop_ids"], how.get("stop_text")
        written: list[list[int]] = []
        with Progress(how.get("label", "answers"), len(prompts), "answers") as progress:
            for start in range(0, len(prompts), _AT_ONCE):
                some = prompts[start : start + _AT_ONCE]
                drawn = [
                    SamplingParams(
                        max_tokens=how["max_tokens"],
                        temperature=how["temperature"],
                        seed=how["seed"] + start + place,
                        stop_token_ids=stop_ids,
                        stop=[stop_text] if stop_text else None,
                        ignore_eos=True,  # the template says what ends an answer
                    )
                    for place in range(len(some))
                ]
                asked = [{"prompt_token_ids": ids} for ids in some]
                outputs = self._engine.generate(asked, drawn, lora_request=lora, use_tqdm=False)
                written += [_ids(output.outputs[0], stop_ids) for output in outputs]
                progress.advance(len(some))
        return written

    def _lora(self, adapter: Path | None) -> Any:
        if adapter is None:
            return None
        from vllm.lora.request import LoRARequest

        if adapter not in self._adapters:
            self._adapters.append(adapter)
        number = self._adapters.index(adapter) + 1
        return LoRARequest(f"adapter-{number}", number, str(adapter))


def check() -> None:
    """Raises UserError where vLLM is not installed."""
    try:
        import vllm  # noqa: F401
    except ImportError as error:
        raise UserError("evaluate.engine: vllm needs a GPU and `pip install 'secondhalf[vllm]'`.") from error


def carries(adapter: Path | None) -> bool:
    """Whether vLLM applies such an adapter: plain LoRA of a rank that there is memory for, without rows of the vocabulary."""
    if adapter is None:
        return True
    told = json.loads((adapter / "adapter_config.json").read_text("utf-8"))
    other = ("use_dora", "modules_to_save", "trainable_token_indices", "rank_pattern", "alpha_pattern")
    return told.get("peft_type") == "LORA" and told["r"] <= _RANK and not any(told.get(name) for name in other)


def _ids(output: Any, stop_ids: list[int]) -> list[int]:
    """An answer that ended at a stop token has it last, whether this version of vLLM hands it on or not."""
    ids = list(output.token_ids)
    ended = output.finish_reason == "stop" and not isinstance(output.stop_reason, str)
    return [*ids, stop_ids[0]] if ended and (not ids or ids[-1] not in stop_ids) else ids
