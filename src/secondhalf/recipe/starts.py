"""What every data set and arm starts from: the top of the recipe, over which lies what it says itself."""

from copy import deepcopy
from typing import Any

from secondhalf.settings import lay_over


def with_starts(recipe: dict[str, Any]) -> dict[str, Any]:
    """Gives every data set and arm what the top of the recipe says, under what they say themselves.

    What is no mapping where one belongs stays as it is, for the recipe's model to refuse.
    """
    full = deepcopy(recipe)
    for section, keys in (("data", ("split", "teach", "audit")), ("arms", ("train",))):
        named = {} if full.get(section) is None else full[section]
        if not isinstance(named, dict):
            return full
        full[section] = {name: _starting(full, own, keys) for name, own in named.items()}
    for own in full["data"].values():
        if not isinstance(own, dict):
            continue
        like = own["teach"].get("like") if isinstance(own.get("teach"), dict) else None
        if isinstance(like, str) and like in full["data"]:
            # A control mirrors the accepted pairs of another data set, so it has that one's split.
            mirrored = full["data"][like]
            own["split"] = mirrored.get("split", {}) if isinstance(mirrored, dict) else {}
    for own in full["arms"].values():
        source = own.get("adapter_from") if isinstance(own, dict) else None
        taken = full["arms"].get(source) if isinstance(source, str) else None
        settings = taken["train"] if isinstance(taken, dict) else None
        if isinstance(settings, dict) and isinstance(own["train"], dict):
            # One adapter is carried over for each seed that the other arm has.
            own["train"] = {**own["train"], **{name: settings[name] for name in ("seeds",) if name in settings}}
    return full


def _starting(recipe: dict[str, Any], own: object, keys: tuple[str, ...]) -> object:
    if own is None:
        own = {}
    if not isinstance(own, dict):
        return own
    merged = {key: lay_over(_start(recipe, key, own), {} if own.get(key) is None else own[key]) for key in keys}
    return {**own, **merged}


def _start(recipe: dict[str, Any], key: str, own: dict[str, Any]) -> object:
    """What a data set or an arm starts from: the top of the recipe, but for the teachers where it names its own."""
    start, says = {} if recipe.get(key) is None else recipe[key], own.get(key)
    if key == "teach" and isinstance(start, dict) and isinstance(says, dict) and {"model", "teachers"} & says.keys():
        return {name: value for name, value in start.items() if name != "teachers"}
    return start
