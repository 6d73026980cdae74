"""Choosing among several candidates with a model, which sees them in both orders.

Models favour a place in the list. So each pair is judged twice, the second time in reverse; where the two disagree, or
no number can be read, the longest finished of those named wins.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field, field_validator

from secondhalf.models.request import Reply, Request, Sampling
from secondhalf.models.server.settings import ServerSettings
from secondhalf.models.thinking import split_thinking
from secondhalf.settings import Decides, Settings
from secondhalf.teach.candidates import Candidate
from secondhalf.teach.choose import longest_finished
from secondhalf.text.normal_form import normal_form

_NUMBER = re.compile(r"\d{1,3}")


class ReplyJudgeSettings(Settings):
    """The model that chooses, for `choose: judge`."""

    model: Annotated[str, Decides("run")] = ""
    """The judge: a reference like the teacher's. It should be of another family than the teacher."""

    server: ServerSettings = ServerSettings()
    """The servers that have the judge, where it is none of this machine's files."""

    wording: str = (
        "A text begins like this:\n\n{text}\n\nWhich of these continuations is the best: true to the beginning, useful, "
        "fluent, and brought to an end?\n\n{candidates}\n\nAnswer with its number alone."
    )
    """What the judge is asked; {text} stands for the half, {candidates} for the numbered candidates."""

    sampling: Sampling = Field(Sampling(max_tokens=16, temperature=0))
    """How the judge's replies are drawn. A reasoning judge needs more tokens."""

    @field_validator("wording")
    @classmethod
    def _check_placeholders(cls, wording: str) -> str:
        if wording.count("{text}") != 1 or wording.count("{candidates}") != 1:
            raise ValueError("the wording must hold {text} and {candidates}, once each")
        return wording


def judge_requests(
    row: str, prompt: str, candidates: Sequence[Candidate], settings: ReplyJudgeSettings
) -> list[Request]:
    """Two questions for one pair, ids ROW#0 and ROW#1: the candidates as they are, and in reverse."""
    questions = []
    for turn, order in enumerate((candidates, candidates[::-1])):
        listed = "\n\n".join(f"{number}. {candidate.response}" for number, candidate in enumerate(order, 1))
        # Cut at the places first: the texts may hold the names of places themselves.
        texts = {"{text}": prompt, "{candidates}": listed}
        parts = re.split(r"(\{text\}|\{candidates\})", settings.wording)
        message = "".join(texts.get(part, part) for part in parts)
        questions.append(Request(f"{row}#{turn}", (("user", message),), settings.sampling))
    return questions


def judged_candidate(row: str, candidates: Sequence[Candidate], replies: Mapping[str, object]) -> Candidate:
    """The candidate that both orders name; else the longest finished of those named, or of all."""
    chosen = []
    for turn, order in enumerate((candidates, candidates[::-1])):
        number = _chosen_index(replies.get(f"{row}#{turn}"), len(candidates))
        if number is not None:
            chosen.append(order[number])
    return longest_finished(chosen or candidates)


def _chosen_index(reply: object, count: int) -> int | None:
    if not isinstance(reply, Reply):
        return None
    match = _NUMBER.search(normal_form("NFKC", split_thinking(reply.text)[0]))
    number = int(match[0]) if match else 0
    return number - 1 if 1 <= number <= count else None
