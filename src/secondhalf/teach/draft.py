"""Drafts: a base model carries the half on by itself, and the teacher is asked to mend what it wrote (ours).

The words stay nearer to a base model's own than a teacher's are, and the teacher sees to it that they are worth learning.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated

import pyarrow as pa
from pydantic import Field, field_validator, model_validator

from secondhalf.models.refusal_reason import whose_fault
from secondhalf.models.request import Reply, Request, Sampling
from secondhalf.models.server.settings import ServerSettings
from secondhalf.models.thinking import split_thinking
from secondhalf.rows import Pair
from secondhalf.settings import Decides, Filled, Settings
from secondhalf.teach.candidates import Candidate, candidates_table


class DraftSettings(Settings):
    """The base model that drafts, for `ask: draft`, and how the teacher is asked to mend."""

    model: Annotated[Filled, Decides("run")]
    """The base model: a name under `students`, or a reference as teach.model has them. It is given the half as it stands,
    without a chat template. With server.urls: the server's name for it."""

    server: ServerSettings = ServerSettings()
    """Servers that have it, with `api: completions`: a chat API carries no plain text on."""

    sampling: Sampling = Field(Sampling())
    """How drafts are drawn. A base model seldom ends by itself, so most are as long as max_tokens."""

    mend_text: str = (
        "A text begins like this:\n\n{text}\n\nThis is a draft of what comes next:\n\n{draft}\n\nMend the draft: keep its words "
        "where they are good, correct what is wrong or said twice, and bring it to an end. Write the mended draft alone, without "
        "the beginning and without a comment."
    )
    """The user turn for `draft`; {text} stands for the half, {draft} for the draft. Ours."""

    @field_validator("mend_text")
    @classmethod
    def _check_placeholders(cls, wording: str) -> str:
        if "{text}" not in wording or "{draft}" not in wording:
            raise ValueError("mend_text must hold {text} and {draft}, where the half and its draft go")
        return wording

    @model_validator(mode="after")
    def _can_carry_on(self) -> "DraftSettings":
        if self.server.served and self.server.api != "completions":
            raise ValueError("draft: a server needs server.api: completions, which carries plain text on")
        if self.model == "original" or self.model.startswith("replay:"):
            raise ValueError(f"draft.model: {self.model} drafts nothing; name a base model")
        return self


def draft_request(pair: Pair, settings: DraftSettings) -> Request:
    """The half as it stands, to be carried on."""
    return Request(pair.id, (("user", pair.prompt.strip()),), settings.sampling)


def mendable(outcome: object) -> str:
    """A draft's words, without end markers and the like; "" where there is nothing to mend."""
    return split_thinking(outcome.text)[0] if isinstance(outcome, Reply) else ""


def why_none(outcome: object) -> str:
    """Why a draft cannot be mended: the reject's reason, what varies after a colon."""
    return "no draft: it is empty" if isinstance(outcome, Reply) else f"no draft{whose_fault(outcome)}: {outcome}"


def drafts_table(drafts: Mapping[str, object], order: Iterable[str]) -> pa.Table:
    """The drafts in the order of the pairs' ids, as the table of candidates has replies."""
    rows = [Candidate.of(row, 0, reply) for row in order if isinstance(reply := drafts.get(row), Reply)]
    return candidates_table(rows, []).drop_columns(["chosen", "number"])
