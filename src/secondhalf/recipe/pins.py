"""The commits that a recipe's references to a hub are: a run writes them into its resolved recipe, so that a branch that moves
changes nothing of it.

A reference is any text that is one: `hf:...`, an engine before it, a hash behind; and the path of a corpus of a hub. A model that
servers have is named by them, whatever its name looks like.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.hub.reference import HubReference
from secondhalf.recipe.recipe import Recipe

_REFERENCE = re.compile(r"(?P<engine>(?:embedded|transformers|vllm):)?(?P<hub>hf:[^#]+)(?P<hash>#sha256=[0-9A-Fa-f]+)?")
_DATA = "hf:datasets/"


def unpinned(recipe: Recipe) -> list[HubReference]:
    """The references that name no commit, each repository and revision once."""
    seen: dict[str, HubReference] = {}

    def look(reference: HubReference) -> HubReference:
        if not reference.commit:
            seen.setdefault(pin_key(reference), reference)
        return reference

    _mapped(recipe, look)
    return list(seen.values())


def with_commits(recipe: Recipe, commits: Mapping[str, str]) -> Recipe:
    """The recipe with the commits written into its references; those that are not among `commits` (by `pin_key`) stay."""

    def pin(reference: HubReference) -> HubReference:
        commit = commits.get(pin_key(reference), "")
        return reference if reference.commit or not commit else reference.pinned(commit)

    return _mapped(recipe, pin)


def with_commits_of(recipe: Recipe, before: Recipe) -> Recipe:
    """The recipe with the commits that `before`, the same run's resolved one, has for the same revisions."""
    commits: dict[str, str] = {}

    def look(reference: HubReference) -> HubReference:
        if reference.commit and reference.commit != reference.revision:
            commits[pin_key(reference)] = reference.commit
        return reference

    _mapped(before, look)
    return with_commits(recipe, commits) if commits else recipe


def pin_key(reference: HubReference) -> str:
    """What one commit belongs to: a repository and a revision of it, whatever file is meant."""
    return f"{reference.kind} {reference.repo} {reference.revision}"


def _mapped(recipe: Recipe, change: Callable[[HubReference], HubReference]) -> Recipe:
    """The recipe with every reference changed; itself where none is."""
    fields = recipe.model_dump(mode="json")
    changed = {name: _changed(value, change) for name, value in fields.items()}
    if recipe.corpus.reader == "hub":
        changed["corpus"]["path"] = _path(recipe.corpus.path, change)
    return recipe if changed == fields else Recipe.model_validate(changed)


def _changed(value: Any, change: Callable[[HubReference], HubReference]) -> Any:
    if isinstance(value, list):
        return [_changed(one, change) for one in value]
    if isinstance(value, dict):
        served = bool((value.get("server") or {}).get("urls")) if isinstance(value.get("server"), dict) else False
        return {name: one if served and name == "model" else _changed(one, change) for name, one in value.items()}
    match = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    if not match:
        return value
    return f"{match['engine'] or ''}{_text(match['hub'], change)}{match['hash'] or ''}"


def _path(path: str, change: Callable[[HubReference], HubReference]) -> str:
    """ORG/NAME@REVISION of a corpus."""
    return _text(_DATA + path, change).removeprefix(_DATA)


def _text(text: str, change: Callable[[HubReference], HubReference]) -> str:
    """A reference's text; what is none, and what `change` leaves, stays as it is written."""
    try:
        reference = HubReference.parse(text)
    except UserError:
        return text
    changed = change(reference)
    return text if changed == reference else str(changed)
