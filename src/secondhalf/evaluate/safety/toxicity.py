"""How toxic texts are, by a text classifier of the user's choice such as hf:unitary/toxic-bert: none is part of this package."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.evaluate.safety.settings import SafetySettings
from secondhalf.models.chat.plain_text import encode
from secondhalf.models.reference import resolve
from secondhalf.models.weights.library_output import quiet_transformers
from secondhalf.models.weights.load import load_tokenizer
from secondhalf.progress import Progress

TOXICITY_VERSION = 1
_LONGEST, _BATCH = 512, 16  # tokens of a text that are read, of which most classifiers take no more; texts at once


class Toxicity:
    """One classifier in memory (safetensors only, no remote code), on the GPU where there is one."""

    def __init__(self, folder: Path, label: str = "") -> None:
        """`label`: the toxic one; else "toxic" or "toxicity", or the first that is not "non-toxic".

        Raises UserError for a folder that holds no classifier, or none with such a label.
        """
        import torch
        from transformers import AutoModelForSequenceClassification

        try:
            with quiet_transformers():
                self._tokenizer: Any = load_tokenizer(folder)
                self._model: Any
                self._model, loading = AutoModelForSequenceClassification.from_pretrained(
                    folder, use_safetensors=True, trust_remote_code=False, output_loading_info=True
                )
        except (OSError, ValueError, RuntimeError, UserError) as error:
            reason = str(error).splitlines()[0]
            raise UserError(
                f"evaluate.safety.toxicity: {folder} is no text classifier in safetensors ({reason})."
            ) from error
        if loading["missing_keys"]:
            raise UserError(
                f"evaluate.safety.toxicity: {folder} is no text classifier: it has no weights for its labels."
            )
        if self._tokenizer.pad_token_id is None:
            raise UserError(
                f"evaluate.safety.toxicity: the tokenizer of {folder} has no pad token (pad_token): name it there."
            )
        self._model.to("cuda" if torch.cuda.is_available() else "cpu").eval()
        self._before, self._after = _frame(self._tokenizer)
        self._label_index = _label_index(self._model.config.id2label, label)

    def __call__(self, texts: Sequence[str], label: str = "toxicity") -> list[float]:
        """The probability that each text is toxic, 0 to 1; of an empty one 0."""
        import torch

        ids = [encode(self._tokenizer, text)[: _LONGEST - 2] for text in texts]
        order = sorted((index for index in range(len(ids)) if ids[index]), key=lambda index: len(ids[index]))
        probabilities = [0.0] * len(texts)
        with Progress(label, len(order), "texts") as progress, torch.inference_mode():
            for start in range(0, len(order), _BATCH):
                indices = order[start : start + _BATCH]
                framed = {"input_ids": [self._before + ids[index] + self._after for index in indices]}
                batch = self._tokenizer.pad(framed, return_tensors="pt").to(self._model.device)
                for index, logits in zip(indices, self._model(**batch).logits.float(), strict=True):
                    probabilities[index] = self._probability(logits)
                progress.advance(len(indices))
        return probabilities

    def _probability(self, logits: Any) -> float:
        """Of several labels that may hold at once each has a probability of its own, and so has a single one."""
        independent = self._model.config.problem_type == "multi_label_classification" or len(logits) == 1
        probability = float((logits.sigmoid() if independent else logits.softmax(-1))[self._label_index])
        if math.isnan(probability):  # which is below every limit, and above none
            raise UserError(
                "The classifier of toxicity says NaN of a text: its weights are damaged; download it again."
            )
        return probability


def load_classifier(settings: SafetySettings) -> Toxicity | None:
    """The recipe's, loaded; None where it names none."""
    return Toxicity(resolve(settings.toxicity).path, settings.toxic_label) if settings.toxicity else None


def _frame(tokenizer: Any) -> tuple[list[int], list[int]]:
    """The special tokens around a text."""
    whole, inner = (list(tokenizer("a", add_special_tokens=framed).input_ids) for framed in (True, False))
    start = next(index for index in range(len(whole)) if whole[index : index + len(inner)] == inner)
    return whole[:start], whole[start + len(inner) :]


def _label_index(names: dict[int, str], label: str) -> int:
    by_name = {name.lower(): index for index, name in names.items()}
    wanted = [label.lower()] if label else ["toxic", "toxicity", *(name for name in by_name if _says_toxic(name))]
    index = next((by_name[name] for name in wanted if name in by_name), None)
    if index is None:
        labels = ", ".join(names.values())
        raise UserError(
            f"evaluate.safety.toxic_label: the classifier's labels are {labels}: name the one that means toxic."
        )
    return index


def _says_toxic(name: str) -> bool:
    return "toxic" in name and not name.startswith(("non", "not", "no_", "no-"))
