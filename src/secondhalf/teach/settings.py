"""Who writes the second half, and how it is asked."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from secondhalf.extensions.path import check_name
from secondhalf.models.costs.budget import BudgetSettings
from secondhalf.models.request import Sampling
from secondhalf.models.server.settings import ServerSettings
from secondhalf.settings import AddedLater, Decides, Filled, Settings, lay_over
from secondhalf.teach.draft import DraftSettings
from secondhalf.teach.judge import ReplyJudgeSettings
from secondhalf.teach.teachers import CONTINUE, RESPOND, Ask, TeacherSettings

CHOOSE_FIELD = "teach.choose"
"""The recipe's field that may name a user's function."""
CHOICES = ("longest_finished", "random", "judge", "student")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_OF_TEACHER = [name for name in TeacherSettings.model_fields if name != "share"]


class TeachSettings(Settings):
    """The teacher and its instructions (paper, section 3: conditional distillation and continuous writing)."""

    model: Annotated[Filled, Decides("run")] = "original"
    """The teacher: package:NAME/FILE, hf:ORG/NAME@REVISION:FILE or a path to a GGUF, answered by the engine that is faster
    for its size (embedded:REFERENCE: llama.cpp in any case); transformers:REFERENCE for a folder of safetensors;
    replay:FILE for a table of finished replies (.parquet or .jsonl: id or prompt, response, finish); `original` for the
    text's own second half (the paper's control); `dummy` to try the flow without a model. With server.urls: the server's
    name for it."""

    server: ServerSettings = ServerSettings()
    """The servers that have the teacher, where it is none of this machine's files."""

    teachers: Annotated[dict[str, TeacherSettings], AddedLater()] = {}
    """Several teachers for one data set, in place of model: {NAME: {model: REF, share: 1}, ...}. Each may say server, sampling,
    ask, wording and system otherwise than here. Which of them writes a document is decided by a hash of its id, so more
    documents move none; the pair's `teacher` says who. A data set that names model or teachers takes neither from the top."""

    like: Annotated[str | None, Decides("run")] = None
    """For `original`: the data set whose accepted pairs it mirrors: same ids, replies as long, endings the same."""

    ask: Ask = "continue"
    """respond: the half is a user turn and the teacher responds (conditional distillation). continue: the teacher is told
    to carry the text on (continuous writing). The paper uses both. draft: a base model carries it on (teach.draft), and the
    teacher mends what it wrote; ours."""

    respond: str = RESPOND
    """The user turn for `respond`; {text} stands for the half. The paper's wording is not known."""

    # `continue` is a word of Python's own, hence the longer name.
    continue_text: str = CONTINUE
    """The user turn for `continue`; {text} stands for the half. The paper's wording is not known. Ours: of 48 halves
    continued by SmolLM2-135M-Instruct in at most 120 tokens the audit accepted 25; of "continue in one short paragraph"
    17, of the request put after the text 15."""

    draft: Annotated[DraftSettings | None, AddedLater()] = None
    """The base model that drafts, for `ask: draft`. Its drafts are kept in a table of their own."""

    system: str = ""
    """A system prompt before the user turn. Empty: none of ours, the model's own template may add one."""

    sampling: Sampling = Sampling()
    """How replies are drawn."""

    replies: int = Field(1, ge=1, le=64)
    """How many replies to each prompt. Several are kept in a table of their own, and one is chosen."""

    choose: str = "longest_finished"
    """Which of several replies becomes the response: longest_finished, random, judge, or student: the finished reply that the
    untouched student finds likeliest a token under the recipe's template (arXiv 2502.04194). Or my_module:function, a function of
    your own from the Pair (secondhalf.rows) and a list of its Candidates (secondhalf.teach.candidates: response, finish,
    finished, response_tokens and others) to the one that it picks, or to that one's place in the list, from 0."""

    judge: ReplyJudgeSettings = ReplyJudgeSettings()
    """Who chooses, for `choose: judge`."""

    student: Annotated[str, Decides("run")] = ""
    """Whose likelihoods count, for `choose: student` and for the pilot: a name under `students`. Empty: the recipe's only one."""

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

    @model_validator(mode="before")
    @classmethod
    def _teachers_start_from_these(cls, data: Any) -> Any:
        """Lays what each teacher says over what is said for all of them."""
        if not isinstance(data, Mapping) or not isinstance(data.get("teachers"), Mapping):
            return data
        common = {name: _plain(data[name]) for name in _OF_TEACHER if name in data and name != "model"}
        teachers = {
            name: lay_over(common, own) if isinstance(own, Mapping) else own for name, own in data["teachers"].items()
        }
        return {**data, "teachers": teachers}

    @model_validator(mode="after")
    def _fits_together(self) -> "TeachSettings":
        if self.like and not self.original:
            raise ValueError("like is for the model `original` only")
        if self.choose == "judge" and self.replies > 1 and not self.judge.model:
            raise ValueError("choose: judge needs judge.model")
        for name, one in self.by_teacher().items():
            field = f"teachers.{name}: " if name else ""
            if name and not _NAME.fullmatch(name):
                raise ValueError(f"teachers: {name!r} must be letters, digits, dots, dashes or underscores, 64 at most")
            if name and one.model == "original":
                raise ValueError(f"{field}`original` is no teacher: make a data set of its own with teach.like")
            for wording in ("respond", "continue_text"):
                if "{text}" not in getattr(one, wording):
                    raise ValueError(f"{field}{wording} must hold {{text}}, where the half of the document goes")
            if one.replies > 1 and one.model.startswith("replay:"):
                raise ValueError(f"{field}{one.model} has one reply to a prompt: replies must be 1")
            if one.batch and not one.server.urls:
                raise ValueError(f"{field}batch needs server.urls: the batch API is a server's")
            if one.ask == "draft" and one.draft is None:
                raise ValueError(f"{field}ask: draft needs draft.model, the base model that drafts")
        return self

    @property
    def original(self) -> bool:
        """Nobody is asked: the responses are the texts' own second halves."""
        return self.model == "original" and not self.teachers

    @property
    def models(self) -> list[str]:
        """The teachers' references, each once."""
        return list(dict.fromkeys(one.model for one in self.by_teacher().values()))

    @property
    def drafts(self) -> bool:
        """Whether a teacher mends drafts."""
        return not self.original and any(one.ask == "draft" for one in self.by_teacher().values())

    def by_teacher(self) -> "dict[str, TeachSettings]":
        """The settings of each teacher, as those of a data set that has it alone; of one teacher under the empty name."""
        if not self.teachers:
            return {"": self}
        return {
            name: self.model_copy(
                update={"teachers": {}, **{field: getattr(self.teachers[name], field) for field in _OF_TEACHER}}
            )
            for name in sorted(self.teachers)
        }

    def turn(self, half: str, draft: str = "") -> str:
        """The user turn for a half, of one teacher's settings; `draft` is what it mends."""
        # Cut at the places first, unlike str.format and one replace after another: texts may hold braces and names of places.
        texts = {"{text}": half, "{draft}": draft} if self.ask == "draft" else {"{text}": half}
        return "".join(texts.get(part, part) for part in re.split(r"(\{text\}|\{draft\})", self.wording))

    @property
    def wording(self) -> str:
        """The user turn in force, of one teacher's settings."""
        if self.ask == "draft":
            return self.draft.mend_text if self.draft else RESPOND
        return self.respond if self.ask == "respond" else self.continue_text


def _plain(value: object) -> object:
    return value.model_dump() if isinstance(value, Settings) else value
