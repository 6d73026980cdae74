"""Settings of the data sets that are made of no text."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from secondhalf.models.costs.budget import BudgetSettings
from secondhalf.models.request import Sampling
from secondhalf.models.server.settings import ServerSettings
from secondhalf.settings import Decides, Filled, Settings


class InstructionSettings(Settings):
    """Instruction data in a usual shape: one pair a conversation, its first request and the answer to it."""

    path: Annotated[Filled, Decides("run")]
    """A .jsonl, .json or .parquet file, or a folder or glob of them, such as `secondhalf data` writes; .jsonl and .json may end
    in .gz or .zst. Or hf:datasets/ORG/NAME@REVISION:FILE."""

    shape: Literal["auto", "messages", "sharegpt", "alpaca", "prompt-completion", "pairs"] = "auto"
    """messages: [{role, content}]. sharegpt: conversations of [{from, value}], or of [{role, content}]. alpaca: instruction,
    input, output, and LLaMA-Factory's system and history. prompt-completion: two texts, or TRL's two lists of [{role, content}].
    pairs: the columns that `secondhalf data --as parquet` writes; documents that were held out stay so. auto: whichever a row
    has, the first of these. Of a conversation of several turns the first request and its answer are taken."""

    system: Literal["prepend", "drop"] = "prepend"
    """What becomes of a system text: prepended to the request with a blank line between, since templates without a place for
    it (Gemma's, Mistral's) do the same; or dropped."""

    licence: Annotated[str, Decides("run")] = ""
    """The licence of the data, for the report."""

    max_row_bytes: int = Field(5_000_000, ge=1000)
    """A longer row is refused. Our choice."""


class MagpieSettings(Settings):
    """An instruct model is given its template up to where a user's turn begins, writes that turn, then answers it."""

    model: Annotated[Filled, Decides("run")]
    """The instruct model, named as a teacher is: package:NAME/FILE, hf:ORG/NAME@REVISION:FILE, a path, transformers:REFERENCE,
    `dummy`; with server.urls the server's name for it."""

    server: ServerSettings = ServerSettings()
    """Servers that have the model, with `api: completions`: a chat API begins no user's turn."""

    pairs: int = Field(1000, ge=1)
    """How many user turns are asked for. What the filters refuse is not asked for again, so fewer pairs come out."""

    system: str = ""
    """A system text before the user's turn. Empty: none of ours, the model's own template may add one. Not for servers."""

    opening: str = ""
    """For servers: the template's text up to where the user's turn begins, such as "<|im_start|>user\\n"."""

    closing: str = ""
    """For servers: the template's text between the user's turn and the answer, such as
    "<|im_end|>\\n<|im_start|>assistant\\n". For a model of this machine: what ends its user's turn, where that is plain
    text, such as "[/INST]" of Llama 2; a turn is cut there."""

    turn: Sampling = Sampling(max_tokens=120, temperature=1.0, top_p=0.99)
    """How user turns are drawn: warm, since nothing but chance tells one from another. Each has a seed of its own."""

    answer: Sampling = Sampling(max_tokens=160, temperature=0.0, top_p=1.0)
    """How answers are drawn: greedily."""

    min_words: int = Field(3, ge=1)
    """Shortest user turn, in words (Japanese: characters). Our choice."""

    max_words: int = Field(150, ge=1)
    """Longest user turn, in words (Japanese: characters). Our choice."""

    keep_unfinished: bool = False
    """Keep answers that were cut at the length limit; they are then trained without an end."""

    budget: Annotated[BudgetSettings, Decides(False)] = BudgetSettings()
    """What the model may cost."""

    prices: Annotated[str, Decides(False)] = ""
    """A file with your prices, as teach.prices."""

    @model_validator(mode="after")
    def _can_write_turns(self) -> "MagpieSettings":
        if self.server.served and (self.server.api != "completions" or not (self.opening and self.closing)):
            raise ValueError(
                "a server needs server.api: completions, and opening and closing: its template's own words"
            )
        if self.server.served and self.system:
            raise ValueError("with a server, the system text is part of opening")
        if self.model == "original" or self.model.startswith("replay:"):
            raise ValueError(f"{self.model} writes no user's turn: name an instruct model")
        return self
