"""What every judge of pairs has in common: a model that is asked one question about each pair, to be answered with yes or no.

What is asked stands beside each check; who sends it, through the journal and on a budget, is in steps/audit_models.py.
"""

import re
from typing import Annotated

from pydantic import Field

from secondhalf.models.costs.budget import BudgetSettings
from secondhalf.models.request import RefusedError, Reply, Request, Sampling
from secondhalf.models.server.settings import ServerSettings
from secondhalf.models.thinking import split_thinking
from secondhalf.rows import Pair
from secondhalf.settings import Decides, Settings
from secondhalf.text.normal_form import normal_form

_PLACES = re.compile(r"(\{text\}|\{continuation\})")
_WORD = re.compile(r"\b(yes|no)\b|(はい)|(いいえ)")


class PairJudgeSettings(Settings):
    """A model that is asked about each pair that passes every other check."""

    model: Annotated[str, Decides("run")]
    """A reference like the teacher's, or the name that its server knows it by; of another family than the teacher's."""

    server: ServerSettings = ServerSettings()
    """The servers that have the model, where it is none of this machine's files."""

    sampling: Sampling = Field(Sampling(max_tokens=16, temperature=0))
    """How its replies are drawn. A reasoning model needs more tokens."""

    budget: Annotated[BudgetSettings, Decides(False)] = BudgetSettings()
    """What the questions of one data set may cost."""

    prices: Annotated[str, Decides(False)] = ""
    """A file with your prices, as teach.prices."""


def check_wording(wording: str) -> str:
    """The wording, which must hold both places once. Raises ValueError."""
    if wording.count("{text}") != 1 or wording.count("{continuation}") != 1:
        raise ValueError("the wording must hold {text} and {continuation}, once each")
    return wording


def pair_request(pair: Pair, wording: str, sampling: Sampling) -> Request:
    """The wording with the pair's halves in their places."""
    # Cut at the places first: the texts may hold the names of places themselves.
    texts = {"{text}": pair.prompt, "{continuation}": pair.response}
    return Request(pair.id, (("user", "".join(texts.get(part, part) for part in _PLACES.split(wording))),), sampling)


def says_yes(reply: Reply | RefusedError) -> bool | None:
    """Whether the first word that can be read is a yes (はい) and not a no (いいえ); None where there is none."""
    if isinstance(reply, RefusedError):
        return None
    word = _WORD.search(normal_form("NFKC", split_thinking(reply.text)[0]).lower())
    return bool(word[1] == "yes" or word[2]) if word else None
