"""Who writes the second half, and how it is asked."""

from typing import Literal

from pydantic import model_validator

from secondhalf.models.request import Sampling
from secondhalf.models.server import ServerSettings
from secondhalf.settings import Settings

RESPOND = "{text}"
CONTINUE = "Write the next two sentences of this text. Do not repeat it and do not comment on it.\n\n{text}"


class TeachSettings(Settings):
    """The teacher and its instructions (paper, section 3: conditional distillation and continuous writing)."""

    model: str = "original"
    """The teacher: package:NAME/FILE, hf:ORG/NAME@REVISION:FILE or a path to a GGUF; `original` for the text's own second
    half (the paper's control); `dummy` to try the flow without a model. With server.urls: the server's name for it."""

    server: ServerSettings = ServerSettings()
    """The servers that have the teacher, where it is none of this machine's files."""

    like: str | None = None
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

    @model_validator(mode="after")
    def _wording(self) -> "TeachSettings":
        for name in ("respond", "continue_text"):
            if "{text}" not in getattr(self, name):
                raise ValueError(f"{name} must hold {{text}}, where the half of the document goes")
        if self.like and self.model != "original":
            raise ValueError("like is for the model `original` only")
        return self

    @property
    def wording(self) -> str:
        """The user turn in force."""
        return self.respond if self.ask == "respond" else self.continue_text
