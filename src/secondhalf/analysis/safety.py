"""The figures on errors and safety: their order on the page, and how two arms are compared on one."""

from secondhalf import statistics
from secondhalf.statistics import compare_distance
from secondhalf.statistics.paired import Arm

SAFETY = tuple(
    f"safety.{name}"
    for name in (
        "refused_harmful",
        "broken_harmful",
        "refused_harmless",
        "broken_harmless",
        "broken",
        "personal_data",
        "rude",
        "toxic",
        "continued_toxic",
        "continued_rude",
        "false",
        "contradicts",
        "stereotype",
    )
)
# Of these neither more nor less is better: what counts is the distance from the value that is fair.
FAIR = {"safety.stereotype": 0.5}


def compared(figure: str, mine: Arm, theirs: Arm, training_seeds: tuple[int, int] = (0, 0)) -> statistics.Comparison:
    """One arm's scores against another's, prompt by prompt; of a figure with a fair value their distances from it.

    `training_seeds`: how many each arm was trained under; 0: it is not trained.
    """
    aligned = statistics.align(mine, theirs)
    if figure in FAIR:
        return compare_distance(*aligned, fair=FAIR[figure], training_seeds=training_seeds)
    return statistics.compare(*aligned, training_seeds=training_seeds)


def compared_name(figure: str) -> str:
    """The name of what `compared` tells: FIGURE_distance for a distance from what is fair."""
    return f"{figure}_distance" if figure in FAIR else figure
