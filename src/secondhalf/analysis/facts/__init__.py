"""Everything the page shows, as plain data: facts.json, and what `secondhalf show RUN --json` prints.

Shares are 0 to 1, times in seconds, money in `currency`. Knows nothing of stages and makes no claim of its own: every
interval, p and `noise` is copied from statistics. Refuses unknown fields and numbers that are not finite.
"""

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from secondhalf.analysis.facts.arms import Arm, ArmComparison, Figure
from secondhalf.analysis.facts.evidence import Account, Grouped, Probe, Profile, Span, Within
from secondhalf.analysis.facts.kinds import Count, JudgeWarning, Number, Role, Text, Unchecked, Unit, is_benchmark
from secondhalf.analysis.facts.people import PeoplePreference, PeopleReview
from secondhalf.analysis.facts.work import (
    Cost,
    Curve,
    FunnelStep,
    InstructionShare,
    PilotTeacher,
    Point,
    ProvenanceEntry,
    Reason,
    Sample,
    ShareShift,
)
from secondhalf.settings import Settings
from secondhalf.statistics import is_uncovered

__all__ = [
    "Account",
    "Arm",
    "ArmComparison",
    "Cost",
    "Count",
    "Curve",
    "Facts",
    "Figure",
    "FunnelStep",
    "Grouped",
    "InstructionShare",
    "JudgeWarning",
    "Number",
    "PeoplePreference",
    "PeopleReview",
    "PilotTeacher",
    "Point",
    "Probe",
    "Profile",
    "ProvenanceEntry",
    "Reason",
    "Role",
    "Sample",
    "ShareShift",
    "Span",
    "Text",
    "Unchecked",
    "Unit",
    "Within",
    "is_benchmark",
]


class Facts(Settings):
    """One run, told whole."""

    name: Text
    title: Text = ""
    """Empty: the run's name."""
    language: Literal["en", "ja"] = "en"
    created: Text = ""
    """ISO 8601 time."""
    note: Text = ""
    """A sentence of the recipe's author, shown under the title."""
    primary: Text = ""
    """The primary figure, named before looking. The verdict is the first comparison on it."""
    claims: Text = "locked"
    """The part of the prompts that was used: `locked`, kept back for claims, or `choose`, for choosing settings."""
    arms: list[Arm] = Field([])
    comparisons: list[ArmComparison] = Field([])
    """The one that decides comes first: taught against the control with the texts' own halves, where there is one."""
    errors: list[ArmComparison] = Field([])
    """The comparisons on errors and safety: what training made worse. FIGURE_distance compares distances from what is fair."""
    groups: list[Grouped] = Field([])
    """The comparisons on the primary figure and on each benchmark's, by task category and by language."""
    profiles: list[Profile] = Field([])
    """Where each arm is strong and weak, for benchmarks of several categories."""
    judges: list[Account] = Field([])
    """Whom the judged figures rest on; empty where nothing is judged."""
    people: PeopleReview | None = None
    """What people said in the run's review; None where nothing of it was put into the report."""
    funnel: list[FunnelStep] = Field([])
    instructions: list[InstructionShare] = Field([])
    """Instruction-like content in the pairs, by data set and language."""
    pilots: list[list[PilotTeacher]] = Field([])
    """Where teachers were compared before the rest was paid for: those of each split, the best fit first."""
    shifts: list[ShareShift] = Field([])
    """What cleaning moved; the categories that it did not move are only counted."""
    shifts_compared: Count = 0
    """Sources, languages, topics and groups that were compared before and after cleaning; 0: none were."""
    losses: list[Curve] = Field([])
    overfitting: list[Probe] = Field([])
    """Leaks, the gap and forgetting, by figure and then arm; empty where nothing was probed."""
    answers: list[Sample] = Field([])
    costs: list[Cost] = Field([])
    currency: Text = "USD"
    machine_priced: bool = True
    """False: the recipe names no price of a machine's hour, and money is that of model calls alone."""
    cost_per_pair: Number | None = None
    """What one accepted pair cost, machine and model calls together."""
    human_cost_per_pair: Number | None = None
    """What one pair costs when a person writes it: the recipe's own figure."""
    unchecked: list[Unchecked] = Field([])
    """What was not checked, by name; the page has a sentence for each."""
    notices: list[Text] = Field([])
    """Licences and terms that bind whoever uses the result."""
    provenance: list[ProvenanceEntry] = Field([])

    @field_validator("comparisons", "errors")
    @classmethod
    def _nothing_shown_under_few_seeds(cls, rows: list[ArmComparison], info: ValidationInfo) -> list[ArmComparison]:
        """Facts that an older release wrote do not say what is uncovered; the arms, which come first, have their seeds."""
        seeds = {arm.name: len(arm.seeds) for arm in info.data.get("arms", [])}
        return [
            row.model_copy(update={"noise": True, "uncovered": True})
            if is_uncovered(seeds.get(name, 0) for name in (row.arm, row.against))
            else row
            for row in rows
        ]
