"""A policy: limits on figures, each with a reason and whose it is; what no limit may say."""

import difflib
import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from secondhalf.analysis.flat.kinds import GAIN, FigureKind, kind_of, names_of_figures
from secondhalf.analysis.safety import SAFETY, compared_name
from secondhalf.evaluate.invariance import moves_with
from secondhalf.recipe.names import NO_RUN_NAME, is_run_name
from secondhalf.settings import Settings
from secondhalf.text.visible import is_visible

_SHARES, _ERRORS = {"share"}, {compared_name(figure) for figure in SAFETY}


def _day(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    if isinstance(value, date):
        return value
    raise ValueError("write a day as YYYY-MM-DD")


class PolicyText(Settings):
    """A text for people: one for both languages, or `{en: ..., ja: ...}`."""

    en: str = Field("", max_length=400)
    """In English; empty: as in Japanese."""

    ja: str = Field("", max_length=400)
    """In Japanese; empty: as in English."""

    @model_validator(mode="before")
    @classmethod
    def _one_for_both(cls, value: Any) -> Any:
        if not isinstance(value, str | dict):
            raise ValueError("write a text, or {en: ..., ja: ...}")
        return {"en": value, "ja": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any(is_visible(character) and not character.isspace() for character in self.en + self.ja):
            raise ValueError("it is empty; write it out")
        return self

    def in_language(self, language: Literal["en", "ja"]) -> str:
        """The text, on one line."""
        texts = {"en": self.en, "ja": self.ja}
        return " ".join((texts[language] if texts[language].strip() else self.en or self.ja).split())


class AllowedException(Settings):
    """A limit need not be kept up to a day."""

    until: Annotated[date, BeforeValidator(_day)]
    """The last day on which it holds, as YYYY-MM-DD."""

    reason: PolicyText
    """Why."""


class FigureLimit(Settings):
    """A limit on one figure. It is kept when the figure's whole 95 % interval lies within."""

    figure: str
    """Its name, as `secondhalf show` has it, or one of gain, forgetting, leaks, contamination, cost, hours ... (docs/gate.md)."""

    arm: str = ""
    """Whose figure. Empty: the policy's arm."""

    against: str = ""
    """Another arm: what is held to the limit is the difference, `arm` minus this one."""

    at_least: float | None = None
    """The least that the interval's lower end may be, in the figure's own unit: shares are 0 to 1."""

    at_most: float | None = None
    """The most that its upper end may be."""

    severity: Literal["must", "should"] = "must"
    """must: a run that does not keep it does not pass. should: it passes with a remark."""

    reason: PolicyText
    """Why this limit."""

    owner: PolicyText
    """Who answers for it: a role or a name."""

    exception: AllowedException | None = None
    """Until when it need not be kept, and why."""

    @field_validator("figure")
    @classmethod
    def _known(cls, figure: str) -> str:
        if kind_of(figure) is None:
            near = difflib.get_close_matches(figure, names_of_figures(), 1, 0.5)
            hint = f"did you mean {near[0]}?" if near else "docs/gate.md lists them"
            raise ValueError(f"there is no figure of that name; {hint}")
        return figure

    @field_validator("arm", "against")
    @classmethod
    def _has_arms(cls, arm: str, info: ValidationInfo) -> str:
        figure, field = str(info.data.get("figure", "")), info.field_name
        kind = kind_of(figure)
        if not arm or kind is None:
            return arm
        if figure == GAIN:
            raise ValueError(
                f"gain is the comparison that carries the run's claim and takes no {field}; name its figure"
            )
        if not kind.of_arm:
            raise ValueError(f"{figure} is the whole run's and takes no {field}; leave it out")
        if field == "against" and not kind.comparable:
            raise ValueError(f"arms are not compared on {figure}; leave it out")
        if field == "against" and figure not in _ERRORS and (nuisances := moves_with(figure)):
            raise ValueError(
                f"{figure} cannot carry a limit on a difference: it moves although nothing was learned "
                f"({', '.join(nuisances)}); name minimal_pairs, or leave `against` out to limit its level"
            )
        return arm

    @field_validator("at_least", "at_most")
    @classmethod
    def _reachable(cls, bound: float | None, info: ValidationInfo) -> float | None:
        figure, against = str(info.data.get("figure", "")), bool(info.data.get("against"))
        kind = kind_of(figure)
        if bound is None or kind is None:
            return bound
        wrong = {"at_least": "lower", "at_most": "higher"}[str(info.field_name)]
        if kind.better == wrong:
            other = "at_most" if wrong == "lower" else "at_least"
            raise ValueError(
                f"the bound is the wrong way round: of {figure} {_direction(kind)} is better; write {other}"
            )
        if kind.unit in _SHARES and figure != GAIN and not -float(against) <= bound <= 1:
            raise ValueError(f"{figure} is a share, {'-1' if against else '0'} to 1 (5 % is 0.05)")
        if figure != GAIN and not against and bound < 0 and kind.unit in {"count", "money", "hours"}:
            raise ValueError(f"{figure} is never below 0")
        return bound

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError(f"there is no limit on {self.figure}; write at_least or at_most")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"nothing is at least {self.at_least:g} and at most {self.at_most:g}; change one of them")
        return self

    @property
    def is_claim(self) -> bool:
        """Whether it rests on a comparison that has to show something, and not only on a level."""
        return self.figure == GAIN or bool(self.against)


def _direction(kind: FigureKind) -> str:
    return "more" if kind.better == "higher" else "less"


class Policy(Settings):
    """What a run is held to."""

    name: str = ""
    """Its name in the run's folder. Empty: the file's."""

    title: PolicyText | None = None
    """What the page calls it. Empty: its name."""

    arm: str = ""
    """The arm that limits speak of which name none. Empty: the one that carries the run's claim."""

    currency: str = "USD"
    """What limits on money are counted in; a run in another currency has no such figure."""

    limits: list[FigureLimit] = Field(min_length=1, max_length=100)
    """The limits, in the page's order."""

    @field_validator("name")
    @classmethod
    def _names_a_file(cls, name: str) -> str:
        if name and not is_run_name(name):
            raise ValueError(f"it {NO_RUN_NAME}")
        return name

    @field_validator("limits")
    @classmethod
    def _can_fail(cls, limits: list[FigureLimit]) -> list[FigureLimit]:
        if limits and all(limit.severity == "should" for limit in limits):
            raise ValueError("no limit is a `must`, so no run could fail; make one of them a must")
        return limits
