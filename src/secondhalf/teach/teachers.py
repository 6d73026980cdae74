"""One of a data set's several teachers, and which of them writes a document's second half."""

import math
from collections.abc import Mapping
from typing import Annotated, Literal

from secondhalf.models.request import Sampling
from secondhalf.models.server.settings import ServerSettings
from secondhalf.rows import digest
from secondhalf.settings import Decides, Filled, Settings, Share

RESPOND = "{text}"
CONTINUE = "Write the next two sentences of this text. Do not repeat it and do not comment on it.\n\n{text}"
Ask = Literal["respond", "continue", "draft"]


class TeacherSettings(Settings):
    """One of several teachers. What it does not say itself it takes from `teach`, mapping by mapping."""

    model: Annotated[Filled, Decides("run")]
    """The teacher, as teach.model; `original` is none."""

    share: Share = 1.0
    """How much of the documents it writes, against the others' shares: 1 and 1 are halves, 3 and 1 three quarters and one."""

    server: ServerSettings = ServerSettings()
    """The servers that have it. Beside teach.server.urls, a model of this machine says urls: [] here."""

    ask: Ask = "continue"
    """As teach.ask."""

    respond: str = RESPOND
    """As teach.respond."""

    continue_text: str = CONTINUE
    """As teach.continue_text."""

    system: str = ""
    """As teach.system."""

    sampling: Sampling = Sampling()
    """As teach.sampling."""


def assign_teacher(document: str, shares: Mapping[str, float]) -> str:
    """Which teacher writes the second half of a document, by the document's id and the teachers' names and shares alone.

    By weighted rendezvous hashing: each teacher draws log(u) / share with u a hash of its name and the id, and the highest
    draw wins. So more documents move none, and a teacher that is added takes its share from the others and moves no more:
    what they wrote is in the journal. `shares` must not be empty.
    """
    if len(shares) == 1:
        return next(iter(shares))

    def draw(name: str) -> float:
        hashed = int(digest("teacher", name, document, size=13), 16)  # 52 bits: exact as a float
        return math.log((hashed + 0.5) / 16**13) / shares[name]

    return max(sorted(shares), key=draw)
