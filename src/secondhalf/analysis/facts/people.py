"""What people said of a run in its review: which answers they prefer, which pairs they keep, and how far they agree."""

from pydantic import Field

from secondhalf.analysis.facts.arms import ArmComparison
from secondhalf.analysis.facts.evidence import Span
from secondhalf.analysis.facts.kinds import Count, Text
from secondhalf.settings import Settings


class PeoplePreference(Settings):
    """Blind comparisons of two arms' answers, over prompts to which they differ and that were judged under every seed."""

    prompts: Text
    """The set of prompts: everyday, or a benchmark's name."""
    arm: Text
    against: Text
    won: Count
    """Prompts of which people prefer the arm's answer."""
    lost: Count
    ties: Count
    share: Span | None = None
    """How often the arm's answer is preferred, a tie counting half; 0.5: neither. None below two prompts."""
    comparison: ArmComparison | None = None
    """The arm's share minus the other's; p is corrected for the number of sets (Holm). None below two prompts."""


class PeopleReview(Settings):
    """The decisions as they stood when they were put into the report. Whose they are is not told."""

    decisions: Count
    reviewers: Count
    kept: Span | None = None
    """The share of the random sample of pairs that people keep, as they stand or edited (Wilson); None where none was judged."""
    pairs: Count = 0
    """Of which the sample is drawn."""
    pair_agreement: Span | None = None
    answer_agreement: Span | None = None
    """Krippendorff's alpha on pairs and on comparisons; None where nothing was judged by two."""
    preferences: list[PeoplePreference] = Field([])
