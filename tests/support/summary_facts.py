"""Facts in small, for the answers of the first screen: an arm `taught` and its untouched student, a comparison, a share, a probe."""

from secondhalf.analysis.facts import Arm, ArmComparison, Facts, Figure, Probe


def comparison(figure: str = "checks", low: float = 0.1, high: float = 0.3, **fields: object) -> ArmComparison:
    values = {
        "noise": low <= 0 <= high,
        "p": 0.01,
        "prompts": 40,
        "smallest": 0.1,
        "arm": "taught",
        "against": "untouched",
    }
    return ArmComparison.model_validate(
        values | {"figure": figure, "difference": (low + high) / 2, "low": low, "high": high} | fields
    )


def share(name: str, low: float, high: float) -> Figure:
    contaminated = 0 if "." in name else None
    return Figure(name=name, mean=(low + high) / 2, low=low, high=high, prompts=40, contaminated=contaminated)


def probe(state: str, arm: str = "taught", figure: str = "forgotten_en") -> Probe:
    return Probe.model_validate(
        {"arm": arm, "figure": figure, "unit": "nats", "value": 3, "baseline": 2.8, "difference": 0.2, "low": 0.1, "high": 0.3,
         "noise": False, "rows": 9, "rows_baseline": 9, "limit": 0.1, "state": state}
    )  # fmt: skip


def of_taught(**fields: object) -> Facts:
    arms = [
        Arm(name="untouched", role="untouched", student="s"),
        Arm(name="taught", role="taught", student="s", seeds=[1, 2, 3]),
    ]
    return Facts.model_validate({"name": "x", "primary": "minimal_pairs", "arms": arms, **fields})
