"""The items of a run: our own, or a published set's in their place."""

from functools import lru_cache
from itertools import groupby

from secondhalf.evaluate.safety.prompts import SAFETY_VERSION, SafetyItem, load_safety
from secondhalf.evaluate.safety.published_sets import load_published
from secondhalf.evaluate.safety.settings import SafetySettings
from secondhalf.models.reference import resolve
from secondhalf.rows import digest


def load_items(settings: SafetySettings) -> tuple[list[SafetyItem], str]:
    """The items, ordered by id, and what determines them: our version and the files' hashes. Raises UserError for a bad file."""
    return _items(settings.model_dump_json())


@lru_cache(maxsize=4)
def _items(plain: str) -> tuple[list[SafetyItem], str]:
    settings = SafetySettings.model_validate_json(plain)
    files = [resolve(reference) for reference in settings.sets]
    published = {item.id: item for file in files for item in load_published(file.path)}
    published_kinds = {item.kind for item in published.values()}
    items = [*(item for item in load_safety() if item.kind not in published_kinds), *published.values()]
    kept: list[SafetyItem] = []
    for _, of_kind in groupby(sorted(items, key=lambda item: (item.kind, digest(item.id))), key=lambda item: item.kind):
        kept += list(of_kind)[: settings.limit]
    return sorted(kept, key=lambda item: item.id), " ".join([str(SAFETY_VERSION), *(file.identity for file in files)])
