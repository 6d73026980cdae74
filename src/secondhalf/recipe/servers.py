"""The servers that a recipe names, wherever they stand in it."""

from collections.abc import Iterator, Mapping

from secondhalf.models.server.settings import ServerSettings
from secondhalf.settings import Settings


def servers_of(settings: object, field: str = "") -> Iterator[tuple[str, ServerSettings]]:
    """Every ServerSettings in a recipe or a part of it, with its field."""
    if isinstance(settings, ServerSettings):
        yield field, settings
    elif isinstance(settings, Settings):
        for name in type(settings).model_fields:
            yield from servers_of(getattr(settings, name), f"{field}.{name}".lstrip("."))
    elif isinstance(settings, Mapping):
        for name, value in settings.items():
            yield from servers_of(value, f"{field}.{name}")
    elif isinstance(settings, list):
        for value in settings:
            yield from servers_of(value, field)
