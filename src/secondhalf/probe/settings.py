"""How closely a trained arm is examined for leaks, overfitting and forgetting."""

from typing import Annotated

from pydantic import Field

from secondhalf.settings import Decides, Seed, Settings


class ProbeSettings(Settings):
    """The leak probe and the forgetting probe: of every trained arm under every seed, and of its student before."""

    pairs: int = Field(80, ge=0)
    """How many pairs that were trained on, and how many held-out ones, the first by a hash of seed and id. 0: no leak probe.
    80 without a leak show that no more than one prompt in twenty leaks."""

    span: int = Field(50, ge=8)
    """An answer leaks when it repeats so many characters in a row of the reply or of the document's own second half. Blanks
    are folded; what stands in the prompt as well does not count."""

    span_spaceless: int = Field(25, ge=4)
    """The same for Japanese and Chinese, where a character says about twice as much."""

    max_tokens: int = Field(120, ge=1)
    """Longest answer that is searched, in the student's tokens. Answers are greedy."""

    documents: int = Field(64, ge=0)
    """On how many documents of the corpus that were not taught forgetting is measured, and on all our own texts. 0: on none."""

    replies: Annotated[int, Decides("run")] = Field(200, ge=0)
    """Of how many pairs of every trained arm the untouched student says, before training, how likely their replies are to it:
    the data's perplexity, and how far they are from what it would say itself. Both foretell what training does. 0: of none."""

    seed: Seed = 1
    """Seed of the choice of pairs and documents."""
