"""Policies as files: those that ship, and those of users. What is wrong with one is said with its line and the nearest name."""

import difflib
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from secondhalf.errors import UserError
from secondhalf.gate.policy import Policy
from secondhalf.recipe.file import explain
from secondhalf.recipe.names import NO_RUN_NAME, is_run_name
from secondhalf.text.yaml_text import YamlMapping, load_yaml, read_small_file

_SUFFIX = ".yaml"


def shipped() -> list[str]:
    """The names of the policies that come with the package."""
    folder = files(__package__).joinpath("policies")
    return sorted(entry.name.removesuffix(_SUFFIX) for entry in folder.iterdir() if entry.name.endswith(_SUFFIX))


def policy_path(named: str) -> Path:
    """The file of a shipped policy, or the path that was given."""
    return Path(str(files(__package__).joinpath("policies", named + _SUFFIX))) if named in shipped() else Path(named)


def load_policy(named: str) -> tuple[Policy, str]:
    """A shipped policy by its name, or one by its path; and its text. Raises UserError with the line of what is wrong."""
    path = policy_path(named)
    near = difflib.get_close_matches(named, shipped(), 1, 0.6)
    mend = f"name a policy's file, or one of {', '.join(shipped())}{f' (did you mean {near[0]}?)' if near else ''}"
    text = read_small_file(path, mend)
    raw = load_yaml(text, str(path), dates=True)
    if not isinstance(raw, YamlMapping):
        raise UserError(
            f"{path} is no policy: it must hold `key: value` lines, `limits` among them; docs/gate.md has one."
        )
    if "name" not in raw and not is_run_name(path.stem):
        raise UserError(
            f"{path} is no name for a policy, which {NO_RUN_NAME}: write one into it (name: ours), or rename the file."
        )
    try:
        policy = Policy.model_validate(_plain({"name": path.stem, **raw}))
    except ValidationError as error:
        raise UserError(explain(error, Policy, path, raw)) from error
    _check_repeated(policy, path, raw)
    return policy, text


def _check_repeated(policy: Policy, path: Path, raw: YamlMapping) -> None:
    first: dict[tuple[str, str, str], int] = {}
    for limit, item in zip(policy.limits, raw["limits"], strict=True):
        key, line = (limit.figure, limit.arm or policy.arm, limit.against), item.lines.get("figure", 0)
        if key in first:
            raise UserError(
                f"{path}:{line}: {limit.figure} has a limit in line {first[key]} already: put both bounds into one of them."
            )
        first[key] = line


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
