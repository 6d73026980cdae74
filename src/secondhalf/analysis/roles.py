"""What each arm of a recipe is there to answer (DESIGN: data and arms), so that the page can say so."""

from secondhalf.analysis.facts import Role
from secondhalf.models.chat.template import EXAMPLES
from secondhalf.recipe import Recipe
from secondhalf.recipe.arms import ArmSettings, DataSettings

_PAIRINGS: dict[str, Role] = {"shuffled": "shuffled", "none": "responses_only"}


def role(name: str, recipe: Recipe) -> Role:
    """An arm's role: what was changed about its pairs before whose pairs they are."""
    arm = recipe.arms[name]
    if not arm.trained:
        return _of_untrained(arm)
    if arm.adapter_from:
        return "scaled" if recipe.arms[arm.adapter_from].student == arm.student else "transferred"
    if arm.pairing != "paired":
        return _PAIRINGS[arm.pairing]
    whose = "mixed" if len(arm.data) > 1 else _of_data(recipe.data[next(iter(arm.data))])
    requests = arm.prefer and arm.prefer.people and not arm.prefer.people.refuse_instructions
    return "unaudited" if whose == "taught" and requests else whose


def _of_untrained(arm: ArmSettings) -> Role:
    if arm.untouched:
        return "untouched"
    return "prompted" if arm.train.template.name in EXAMPLES else "sharpened"


def _of_data(data: DataSettings) -> Role:
    if data.baseline:
        return "instructed" if data.instructions else "magpie"
    if data.teach.original:
        return "control"
    return "taught" if data.audit.refuse and data.audit.refuse_instructions else "unaudited"


def deciding(pair: tuple[str, str], recipe: Recipe) -> tuple[int, bool, bool]:
    """Sorts comparisons (arm, against): the method first, against its control, then against other trained arms."""
    first = {"taught": 0, "control": 2}.get(role(pair[0], recipe), 1)
    return first, role(pair[1], recipe) != "control", not recipe.arms[pair[1]].trained
