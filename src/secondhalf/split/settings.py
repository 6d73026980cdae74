"""Where a text is cut. The paper says "the first half" and no more: the unit and the cap are settings here."""

from typing import Literal

from pydantic import Field, model_validator

from secondhalf.settings import Settings


class SplitSettings(Settings):
    """The unit of the half, how much of it, and what is too short to be of use."""

    rule: Literal["words", "characters", "tokens", "sentences", "paragraphs"] = "words"
    """The unit that the half is measured in. The paper takes the first half (section 3), in a unit not known. Words are
    our default; Japanese and Chinese count characters instead. No rule cuts inside a word of a language with spaces."""

    ratio: float = Field(0.5, gt=0, lt=1)
    """The prompt's share of the text, in the rule's units. The paper: half."""

    max_prompt_words: int | None = Field(None, ge=1)
    """Longest prompt, in words (Japanese and Chinese: characters). A longer half is cut earlier, and what is left of it
    goes to the original. Not known from the paper, so off."""

    min_prompt_words: int = Field(5, ge=1)
    """Shortest prompt, in words (Japanese and Chinese: characters); shorter ones are refused. The paper gives none."""

    min_original_words: int = Field(5, ge=1)
    """Shortest rest, in words (Japanese and Chinese: characters); shorter ones are refused. The paper gives none."""

    tokenizer: str | None = None
    """For the rule `tokens`, and read by no other: the path of a tokenizer.json whose tokens are counted."""

    @model_validator(mode="after")
    def _order(self) -> "SplitSettings":
        if self.max_prompt_words is not None and self.max_prompt_words < self.min_prompt_words:
            raise ValueError(
                "max_prompt_words is below min_prompt_words, so every text would be refused: raise the first"
            )
        return self
