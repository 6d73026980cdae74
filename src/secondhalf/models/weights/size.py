"""How large a student is, without loading it: from its config.json, a converted GGUF's, or the list of known hub models."""

import os
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from secondhalf.errors import UserError
from secondhalf.models.folder import read_json
from secondhalf.models.reference import cache_folder, resolve

_FOUR_BITS = 0.75  # bytes a weight of a 4-bit GGUF; embeddings, which small models are half made of, have more bits


@dataclass(frozen=True)
class Size:
    """The shape of a decoder of Llama's kind: gated feed-forward, grouped queries."""

    layers: int
    width: int
    inner: int
    """Width of the feed-forward layer."""
    heads: int
    key_heads: int
    head: int
    """Width of a head."""
    vocabulary: int
    tied: bool
    """Whether the output layer is the input embedding."""

    @property
    def linear(self) -> int:
        """Weights of the linear layers in the blocks: those that a token is multiplied with, the output layer aside."""
        attention = self.width * self.head * (2 * self.heads + 2 * self.key_heads)
        return self.layers * (attention + 3 * self.width * self.inner)

    @property
    def output(self) -> int:
        """Weights of the output layer."""
        return self.vocabulary * self.width

    @property
    def parameters(self) -> int:
        """All weights, the norms' few aside."""
        return self.linear + self.output * (1 if self.tied else 2)

    def lora(self, rank: int) -> int:
        """Weights of LoRA on all linear layers of the blocks."""
        kept, keys = self.heads * self.head, self.key_heads * self.head
        ends = 2 * (self.width + kept) + 2 * (self.width + keys) + 3 * (self.width + self.inner)
        return self.layers * rank * ends


@cache
def known_students() -> dict[str, dict[str, Any]]:
    """The published facts of students, by hub repository (students.yaml)."""
    loaded: dict[str, dict[str, Any]] = YAML(typ="safe").load(
        files(__package__).joinpath("students.yaml").read_text("utf-8")
    )
    return loaded


def size_of(reference: str) -> Size | None:
    """The size of a student; None where nothing is known without fetching or loading it."""
    location = reference.partition("#")[0]
    if location.startswith("hf:"):
        facts = known_students().get(location.removeprefix("hf:").partition("@")[0].partition(":")[0])
        return Size(**{field.name: facts[field.name] for field in fields(Size)}) if facts else None
    try:
        model = resolve(reference)
        folder = cache_folder() / "students" / model.identity[:32] if model.is_gguf else model.path
    except UserError:
        return None
    if os.path.isfile(folder / "config.json"):
        return _of_config(read_json(folder / "config.json"))
    return _of_bytes(model.path.stat().st_size) if model.is_gguf else None


def _of_config(config: dict[str, Any]) -> Size | None:
    try:
        config = config.get("text_config") or config
        width, heads = config["hidden_size"], config["num_attention_heads"]
        size = Size(
            layers=config["num_hidden_layers"],
            width=width,
            inner=config["intermediate_size"],
            heads=heads,
            key_heads=config.get("num_key_value_heads") or heads,
            head=config.get("head_dim") or width // heads,
            vocabulary=config["vocab_size"],
            tied=bool(config.get("tie_word_embeddings", False)),
        )
        return size if all(isinstance(getattr(size, field.name), int) for field in fields(Size)) else None
    except (KeyError, TypeError, ZeroDivisionError, AttributeError):  # another kind of decoder, or a damaged file
        return None


def _of_bytes(size: int) -> Size:
    """A usual shape of as many weights as a 4-bit GGUF of this size holds, before it is converted and can be read."""
    weights = size / _FOUR_BITS
    layers = 24
    # Blocks of 12 width² weights and a vocabulary of 128k, tied.
    width = round((-128_000 + (128_000**2 + 48 * layers * weights) ** 0.5) / (24 * layers))
    return Size(layers, width, round(8 / 3 * width), max(1, width // 64), max(1, width // 64), 64, 128_000, True)
