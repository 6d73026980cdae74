"""What a run did not check, as its recipe says: names of sentences that the page has."""

from secondhalf.analysis.facts import PeopleReview, Unchecked
from secondhalf.clean.personal import PersonalSettings
from secondhalf.recipe import Recipe


def unchecked(recipe: Recipe, people: PeopleReview | None = None) -> list[Unchecked]:
    """What nobody looked at, or a part of which is overlooked, in the order of the page."""
    names: list[Unchecked] = [
        _answers(recipe, people),
        "other_benchmarks" if recipe.evaluate.benchmarks else "benchmarks",
        "hidden_instructions",
        _names(recipe.clean.personal),
    ]
    names += [] if recipe.evaluate.safety.enabled else ["safety"]
    names += [] if recipe.probes.pairs else ["repetition"]
    return names if recipe.probes.documents else [*names, "forgetting"]


def _answers(recipe: Recipe, people: PeopleReview | None) -> Unchecked:
    """Who has looked at answers: people, judges, or nobody."""
    if people and people.preferences:
        return "answers_compared"
    return "answers_judged" if recipe.evaluate.judging.judges else "answers"


def _names(settings: PersonalSettings) -> Unchecked:
    """Names of people: all of them, or those that the rules or presidio's model overlook."""
    if settings.presidio and settings.presidio_action != "keep" and "PERSON" in settings.presidio_entities:
        return "names_presidio"
    return "names" if settings.person == "keep" else "names_light"
