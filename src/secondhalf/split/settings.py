"""Where a text is cut. The paper says "the first half" and no more: the unit and the cap are settings here."""

from collections.abc import Callable

from pydantic import Field, field_validator, model_validator

from secondhalf.extensions.path import check_name
from secondhalf.settings import Settings
from secondhalf.split.rules import Boundaries, character_boundaries, paragraph_boundaries, word_boundaries
from secondhalf.split.sentences import sentence_boundaries

RULES: dict[str, Callable[[str], Boundaries]] = {
    "words": word_boundaries,
    "characters": character_boundaries,
    "sentences": sentence_boundaries,
    "paragraphs": paragraph_boundaries,
}
RULE_FIELD = "split.rule"
"""The recipe's field that may name a user's rule."""
TOKENS = "tokens"
"""The rule beside them that counts with the recipe's tokenizer."""


class SplitSettings(Settings):
    """The unit of the half, how much of it, and what is too short to be of use."""

    rule: str = "words"
    """The unit that the half is measured in: words, characters, tokens, sentences or paragraphs. The paper takes the first half
    (section 3), in a unit not known. Words are our default; Japanese and Chinese count characters instead. No rule cuts
    inside a word of a language with spaces. Or my_module:function, a function of your own from the text (str) to the places
    where it may be cut: a list of (offset, units) pairs, the end of each unit in characters and the number of units up to it."""

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

    @field_validator("rule")
    @classmethod
    def _known(cls, rule: str) -> str:
        return check_name(rule, (*RULES, TOKENS))

    @model_validator(mode="after")
    def _order(self) -> "SplitSettings":
        if self.max_prompt_words is not None and self.max_prompt_words < self.min_prompt_words:
            raise ValueError(
                "max_prompt_words is below min_prompt_words, so every text would be refused: raise the first"
            )
        return self
