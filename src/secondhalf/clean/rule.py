"""A published rule: a figure of a text against a least and a most; what the files of the published rules share."""

from secondhalf.rows import Verdict


def rule_verdict(
    id: str, check: str, figure: float, reason: str, *, least: float | None = None, most: float | None = None
) -> Verdict:
    """The verdict on `figure`. A limit that is None is off; a figure equal to its limit passes."""
    passed = (least is None or figure >= least) and (most is None or figure <= most)
    return Verdict(id, check, passed, float(figure), "" if passed else reason)
