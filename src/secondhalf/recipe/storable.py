"""Whether the texts of a recipe may stand in the run's folder, in manifests and in errors: a key or a password must not."""

from collections.abc import Iterator, Mapping

from secondhalf.text.key_shapes import shaped
from secondhalf.text.secrets import has_login, mask_secrets


def check_storable(recipe: object) -> None:
    """Raises ValueError naming the field of the first text of a recipe, as it was written, that may not be stored."""
    for field, text in _texts(recipe, ""):
        if "\0" in text:
            raise ValueError(f"{field}: it holds a NUL, which no file's name and no page can; take it out")
        if any(shaped(text)):
            raise ValueError(
                f"{field}: it looks like a key, and no recipe may hold one: put it into the environment, such as "
                "OPENAI_API_KEY, and write that name in server.key_env"
            )
        if has_login(text):
            raise ValueError(
                f"{field}: an address must hold no name and no password ({mask_secrets(text[:100])}): give them in the "
                "environment or in ~/.netrc, where its driver looks for them"
            )


def _texts(value: object, field: str) -> Iterator[tuple[str, str]]:
    """Every text in a recipe as it was written, with its field."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, f"{field}.{key}".lstrip("."))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, field)
