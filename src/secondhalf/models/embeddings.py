"""Sentence embeddings by a small encoder of the user's choice, such as all-MiniLM-L6-v2: none is part of this package.

The mean over the last layer's tokens, of length 1, as sentence-transformers has it for such models; without that library.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from secondhalf.errors import UserError
from secondhalf.models.weights.library_output import quiet_transformers
from secondhalf.models.weights.load import load_tokenizer

EMBEDDINGS_VERSION = 1
_LONGEST, _BATCH = 256, 64  # tokens of a text that are read, as the models were trained; texts at once


class SentenceEncoder:
    """One encoder in memory (safetensors only, no remote code), on the GPU where there is one."""

    def __init__(self, folder: Path, field: str) -> None:
        """`field`: the recipe's, for errors. Raises UserError for a folder that holds no encoder."""
        import torch
        from transformers import AutoModel

        try:
            with quiet_transformers():
                self._tokenizer: Any = load_tokenizer(folder)
                self._model: Any = AutoModel.from_pretrained(folder, use_safetensors=True, trust_remote_code=False)
        except (OSError, ValueError, RuntimeError, UserError) as error:
            reason = str(error).splitlines()[0]
            raise UserError(f"{field}: {folder} is no sentence encoder in safetensors ({reason}).") from error
        if self._tokenizer.pad_token_id is None:
            raise UserError(f"{field}: the tokenizer of {folder} has no pad token (pad_token): name it there.")
        self._model.to("cuda" if torch.cuda.is_available() else "cpu").eval()

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Of shape (texts, dimensions): each row of length 1, so that a product of two is their cosine."""
        import torch

        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        rows: dict[int, NDArray[np.float32]] = {}
        with torch.inference_mode():
            for start in range(0, len(order), _BATCH):
                indices = order[start : start + _BATCH]
                batch = self._tokenizer(
                    [texts[index] for index in indices],
                    padding=True,
                    truncation=True,
                    max_length=_LONGEST,
                    return_tensors="pt",
                ).to(self._model.device)
                hidden = self._model(**batch).last_hidden_state.float()
                mask = batch["attention_mask"].unsqueeze(-1).float()
                means = (hidden * mask).sum(1) / mask.sum(1)
                rows |= dict(zip(indices, torch.nn.functional.normalize(means, dim=1).cpu().numpy(), strict=True))
        size = int(self._model.config.hidden_size)
        return np.array([rows[index] for index in range(len(texts))], np.float32).reshape(len(texts), size)
