"""What people are shown, how many of them judge one thing, and when it is enough."""

from pydantic import Field

from secondhalf.settings import Seed, Settings


class ReviewSettings(Settings):
    """The review by people, `secondhalf review RUN`."""

    overlap: int = Field(2, ge=1, le=20)
    """How many reviewers judge each item of the part that several of them judge: their agreement is measured on it."""

    overlap_share: float = Field(0.2, ge=0, le=1)
    """How large that part is; which items belong to it is decided by a hash. The others are judged once."""

    width: float = Field(0.1, gt=0, le=1)
    """The stopping rule: the random sample is large enough when the 95 % interval of the share of pairs that people keep is no
    wider than this, such as 0.85 to 0.95."""

    least: int = Field(50, ge=1)
    """Judged pairs of the random sample before the rule may say so."""

    compare: list[str] = Field([], max_length=2)
    """The two arms whose answers are compared blind. Empty: those of the report's verdict."""

    seed: Seed = 1
    """Decides the order of the random sample, what several judge, and which answer stands on which side."""
