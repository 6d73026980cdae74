"""How many tokens a text will be, without the model: what the journal saw of it, else characters by script."""

from dataclasses import dataclass
from pathlib import Path

from secondhalf.models.journal.view import JournalSelection, JournalView
from secondhalf.text.language import spaceless_share

# Characters a token. English: 4.2 to 4.6 were measured with Gemma 3's vocabulary. Japanese: 1.8
# with that one, 0.6 with SmolLM2's. After twenty replies the journal's own figures stand in for these.
_SPACED, _SPACELESS = 4.0, 1.0
_FRAME = 12  # tokens that a chat template adds to a message
_ENOUGH = 20  # replies from which the journal's own figures are taken
USUAL_SHARE = 0.6  # a reply's usual length against its limit


@dataclass(frozen=True)
class ModelStatistics:
    """A model's habits as the journal saw them; None where it saw too little. `correction` corrects `rough_tokens`."""

    correction: float | None = None
    usual_share: float | None = None
    """A reply's length against its limit."""
    seconds: float | None = None
    """From a request to its reply, others in flight."""


def rough_tokens(text: str) -> float:
    """Tokens of a text by its characters, four to a token; one in scripts without spaces."""
    share = spaceless_share(text)
    return len(text) * (share / _SPACELESS + (1 - share) / _SPACED)


def prompt_tokens(messages: tuple[tuple[str, str], ...]) -> float:
    """Tokens of a request with the frame of its template."""
    return sum(rough_tokens(text) + _FRAME for _, text in messages)


def model_statistics(journal: Path, model: str) -> ModelStatistics:
    """What the first replies of a model in the journal tell."""
    if not journal.is_file():
        return ModelStatistics()
    lines = list(JournalView(journal).lines(JournalSelection(model), 1000))
    with_prompt = [line for line in lines if line["prompt_tokens"]]
    with_response = [line for line in lines if line["response_tokens"]]
    timed = [line["seconds"] for line in lines if line["seconds"] > 0]
    correction = usual_share = None
    if len(with_prompt) >= _ENOUGH:
        estimated = sum(prompt_tokens(tuple(tuple(m) for m in line["messages"])) for line in with_prompt)
        correction = sum(line["prompt_tokens"] for line in with_prompt) / estimated
    if len(with_response) >= _ENOUGH:
        limits = sum(line["sampling"]["max_tokens"] for line in with_response)
        usual_share = sum(line["response_tokens"] for line in with_response) / limits
    return ModelStatistics(correction, usual_share, sum(timed) / len(timed) if len(timed) >= _ENOUGH else None)
