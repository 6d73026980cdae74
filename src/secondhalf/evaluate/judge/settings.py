"""Who judges answers, and on whose money. A judge of one's own family as the teacher favours what it taught."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from secondhalf.models.costs.budget import BudgetSettings
from secondhalf.models.request import Sampling
from secondhalf.models.server.settings import ServerSettings
from secondhalf.settings import Decides, Filled, Settings


class AnswerJudgeSettings(Settings):
    """One judge."""

    model: Filled
    """A reference like the teacher's, or the name that its server knows it by. It should be of another family than the
    teacher."""

    server: ServerSettings = ServerSettings()
    """The servers that have the judge, where it is none of this machine's files."""

    sampling: Sampling = Sampling(max_tokens=2048, temperature=0, top_p=1)
    """How its judgments are sampled; benchmarks published with greedy judges. A reasoning judge needs more tokens."""

    logprobs: bool = False
    """Ask its server for the log-probabilities of its five likeliest tokens: alpaca_eval then weighs a label by how sure the
    judge is of it, as AlpacaEval 2 does. Where the server sends none the label counts, and for all other benchmarks."""

    @property
    def request_settings(self) -> ServerSettings:
        """Its servers, with what `logprobs` adds to each request; `server.extra` may ask for more tokens."""
        if not self.logprobs:
            return self.server
        return self.server.model_copy(update={"extra": {"logprobs": True, "top_logprobs": 5, **self.server.extra}})

    @model_validator(mode="after")
    def _logprobs_of_a_server(self) -> Self:
        if self.logprobs and (not self.server.served or self.server.api != "chat"):
            raise ValueError("logprobs: only a server under `api: chat` is asked for them; leave it out")
        return self


class JudgingSettings(Settings):
    """The judges of the benchmarks that need one."""

    judges: list[AnswerJudgeSettings] = Field([])
    """One judge, or a jury: grades are averaged, labels decided by majority, and their agreement is printed."""

    budget: Annotated[BudgetSettings, Decides(False)] = BudgetSettings()
    """What one benchmark's judgments of one arm may cost."""

    prices: Annotated[str, Decides(False)] = ""
    """A file with your prices, as teach.prices."""

    longest_answer: int = Field(20_000, ge=100)
    """Longer answers, in characters, are shown to the judge without their middle, which is marked."""

    labelled: Annotated[str, Decides("run")] = ""
    """A JSONL file of answers that people have judged, to hold the judges to, each pair in both orders; empty: a set of our
    own, 64 pairs in English and Japanese."""

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        names = [judge.model for judge in self.judges]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"judges: {name} is named twice; once is enough")
        return self
