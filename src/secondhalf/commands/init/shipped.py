"""A recipe that comes with the package, such as quickstart, copied with the files of ours that it reads."""

import json
import re
from importlib import resources
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.store.faults import place_fault
from secondhalf.text.nearest import hint

_PLAIN = re.compile(r"[\w./-]+")
_OURS = re.compile(r"recipes/([\w./-]+)")


def shipped_names() -> list[str]:
    """The recipes' names: quickstart, ..., paper/llama-3-8b, ... Those of corpora read files that nobody else has."""
    folder = _folder()
    paths = [*folder.glob("*.yaml"), *folder.glob("paper/*.yaml")]
    return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in paths)


def copy_shipped(name: str, path: Path | None) -> list[Path]:
    """Writes the recipe to `path`, by default NAME.yaml here, and beside it the data that it names; returns what was written.

    Raises UserError for a name that is none, and where a file exists already.
    """
    names = shipped_names()
    if name not in names:
        raise UserError(f"No recipe {name} comes with the package{hint(name, names)}")
    path = path or Path(f"{name.rpartition('/')[2]}.yaml")
    text = (_folder() / f"{name}.yaml").read_text("utf-8")
    copies = {path: ""}
    for file in dict.fromkeys(_OURS.findall(text)):
        if (_folder() / file).is_file() and not file.endswith(".yaml"):
            beside = path.parent / Path(file).name
            copies[beside] = (_folder() / file).read_text("utf-8")
            text = text.replace(f"recipes/{file}", _as_yaml(beside))
    copies[path] = text.replace(f"recipes/{name}.yaml", _as_yaml(path))
    for copy in copies:
        if copy.exists():
            raise UserError(f"{copy} exists: name another file, such as `secondhalf init my.yaml --recipe {name}`.")
    for copy, content in copies.items():
        try:
            copy.write_text(content, "utf-8")
        except OSError as error:
            raise place_fault(copy, error, "name another file") from error
    return list(copies)


def _as_yaml(path: Path) -> str:
    """A path as it stands in YAML, in a comment too: quoted where a sign in it would be YAML's own, or end the line."""
    text = path.as_posix()
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=not text.isprintable())


def _folder() -> Path:
    return Path(str(resources.files("secondhalf.recipe"))) / "shipped"
