"""Who writes the second half, and how it is asked."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from secondhalf.extensions.path import check_name
from secondhalf.models.costs.budget import BudgetSettings
from secondhalf.models.request import Sampling
from secondhalf.models.server.settings import ServerSettings
from secondhalf.settings import Decides, Settings
from secondhalf.teach.judge import ReplyJudgeSettings

RESPOND = "{text}"
CONTINUE = "Write the next two sentences of this text. Do not repeat it and do not comment on it.\n\n{text}"

CHOOSE_FIELD = "teach.choose"
"""The recipe's field that may name a user's function."""
CHOICES = ("longest_finished", "random", "judge")


class TeachSettings(Settings):
    """The teacher and its instructions (paper, section 3: conditional distillation and continuous writing)."""

    model: Annotated[str, Decides("run")] = "original"
    """The teacher: package:NAME/FILE, hf:ORG/NAME@REVISION:FILE or a path to a GGUF, answered by the engine that is faster
    for its size (embedded:REFERENCE: llama.cpp in any case); transformers:REFERENCE for a folder of safetensors;
    replay:FILE for a table of finished replies (.parquet or .jsonl: id or prompt, response, finish); `original` for the
    text's own second half (the paper's control); `dummy` to try the flow without a model. With server.urls: the server's
    name for it."""

    server: ServerSettings = ServerSettings()
    """The servers that have the teacher, where it is none of this machine's files."""

    like: Annotated[str | None, Decides("run")] = None
    """For `original`: the data set whose accepted pairs it mirrors: same ids, replies as long, endings the same."""

    ask: Literal["respond", "continue"] = "continue"
    """respond: the half is a user turn and the teacher responds (conditional distillation). continue: the teacher is told
    to carry the text on (continuous writing). The paper uses both."""

    respond: str = RESPOND
    """The user turn for `respond`; {text} stands for the half. The paper's wording is not known."""

    # `continue` is a word of Python's own, hence the longer name.
    continue_text: str = CONTINUE
    """The user turn for `continue`; {text} stands for the half. The paper's wording is not known. Ours: of 48 halves
    continued by SmolLM2-135M-Instruct in at most 120 tokens the audit accepted 25; of "continue in one short paragraph"
    17, of the request put after the text 15."""

    system: str = ""
    """A system prompt before the user turn. Empty: none of ours, the model's own template may add one."""

    sampling: Sampling = Sampling()
    """How replies are drawn."""

    replies: int = Field(1, ge=1, le=64)
    """How many replies to each prompt. Several are kept in a table of their own, and one is chosen."""

    choose: str = "longest_finished"
    """Which of several replies becomes the response: longest_finished, random or judge; or my_module:function, a function of your
    own from the Pair (secondhalf.rows) and a list of its Candidates (secondhalf.teach.candidates: response, finish, finished,
    response_tokens and others) to the one that it picks, or to that one's place in the list, from 0."""

    judge: ReplyJudgeSettings = ReplyJudgeSettings()
    """Who chooses, for `choose: judge`."""

    batch: Annotated[bool, Decides(False)] = False
    """Ask through the server's batch API: cheaper (see prices), answered within a day."""

    budget: Annotated[BudgetSettings, Decides(False)] = BudgetSettings()
    """What teaching may cost. At the limit it stops, keeps what was paid for, and goes on when the limit is raised."""

    prices: Annotated[str, Decides(False)] = ""
    """A file with your prices, laid over the packaged ones: a YAML list of {model: NAME, prompt: DOLLARS, response:
    DOLLARS, batch: SHARE}, for a million tokens."""

    @field_validator("choose")
    @classmethod
    def _check_choice(cls, choose: str) -> str:
        return check_name(choose, CHOICES)

    @model_validator(mode="after")
    def _wording(self) -> "TeachSettings":
        for name in ("respond", "continue_text"):
            if "{text}" not in getattr(self, name):
                raise ValueError(f"{name} must hold {{text}}, where the half of the document goes")
        if self.like and self.model != "original":
            raise ValueError("like is for the model `original` only")
        if self.replies > 1 and self.model.startswith("replay:"):
            raise ValueError(f"{self.model} has one reply to a prompt: replies must be 1")
        if self.batch and not self.server.urls:
            raise ValueError("batch needs server.urls: the batch API is a server's")
        if self.choose == "judge" and self.replies > 1 and not self.judge.model:
            raise ValueError("choose: judge needs judge.model")
        return self

    @property
    def wording(self) -> str:
        """The user turn in force."""
        return self.respond if self.ask == "respond" else self.continue_text
