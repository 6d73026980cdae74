"""Does a reply contradict a fact that its prompt states? Only a reader can tell: a model is asked, where the recipe names one.

What is asked of it and how its word is read; who sends it, through the journal and on a budget, is in steps/contradictions.py.
"""

import re
from typing import Annotated

from pydantic import Field, field_validator

from secondhalf.models.costs.budget import BudgetSettings
from secondhalf.models.request import RefusedError, Reply, Request, Sampling
from secondhalf.models.server.settings import ServerSettings
from secondhalf.models.thinking import split_thinking
from secondhalf.rows import Pair, Verdict
from secondhalf.settings import Decides, Settings
from secondhalf.text.normal_form import normal_form

_PLACES = re.compile(r"(\{text\}|\{continuation\})")
_WORD = re.compile(r"\b(yes|no)\b|(はい)|(いいえ)")


class ContradictionSettings(Settings):
    """The model that is asked of each pair that passes every other check whether the reply contradicts the prompt."""

    model: Annotated[str, Decides("run")]
    """A reference like the teacher's, or the name that its server knows it by; of another family than the teacher's."""

    server: ServerSettings = ServerSettings()
    """The servers that have the model, where it is none of this machine's files."""

    wording: str = (
        "A text:\n\n{text}\n\nIts continuation, written by someone else:\n\n{continuation}\n\nDoes the continuation say anything "
        "that cannot be true if what the text states is true? New facts, opinions and changes of subject are no contradiction. "
        "Answer with one word, yes or no."
    )
    """What it is asked; {text} stands for the half, {continuation} for the reply. Its first yes or no (はい, いいえ) counts."""

    sampling: Sampling = Field(Sampling(max_tokens=16, temperature=0))
    """How its replies are drawn. A reasoning model needs more tokens."""

    budget: Annotated[BudgetSettings, Decides(False)] = BudgetSettings()
    """What the questions of one data set may cost."""

    prices: Annotated[str, Decides(False)] = ""
    """A file with your prices, as teach.prices."""

    @field_validator("wording")
    @classmethod
    def _check_placeholders(cls, wording: str) -> str:
        if wording.count("{text}") != 1 or wording.count("{continuation}") != 1:
            raise ValueError("the wording must hold {text} and {continuation}, once each")
        return wording


def contradiction_request(pair: Pair, settings: ContradictionSettings) -> Request:
    """The question on one pair, under its id."""
    # Cut at the places first: the texts may hold the names of places themselves.
    texts = {"{text}": pair.prompt, "{continuation}": pair.response}
    message = "".join(texts.get(part, part) for part in _PLACES.split(settings.wording))
    return Request(pair.id, (("user", message),), settings.sampling)


def contradiction_verdict(id: str, reply: Reply | RefusedError) -> Verdict:
    """Score: 1 for yes, 0 for no. Without a word that can be read the pair passes, and the reason says so."""
    word = (
        _WORD.search(normal_form("NFKC", split_thinking(reply.text)[0]).lower()) if isinstance(reply, Reply) else None
    )
    if word is None:
        return Verdict(id, "contradiction", True, 0.0, "no word of the judge on contradictions")
    contradicts = bool(word[1] == "yes" or word[2])
    reason = "contradicts the prompt, says the judge" if contradicts else ""
    return Verdict(id, "contradiction", not contradicts, float(contradicts), reason)
