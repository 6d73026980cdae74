"""What can stand in a command line, read from the parser: commands, their options, and what each option and place takes."""

import argparse
from dataclasses import dataclass
from typing import Literal

from secondhalf.commands.arguments.parser import parser
from secondhalf.commands.arguments.places import local_path, path_or_hub, path_or_url

Takes = Literal["nothing", "choices", "file", "run", "anything"]
_PLACES = (local_path, path_or_url, path_or_hub)
_FILES = {"recipe", "others", "file", "prompts", "responses", "policy", "from_", "out"}
_RUNS = {"run", "runs_named"}


@dataclass(frozen=True)
class Place:
    """An option (with its flags) or a place without a name, and what it takes. `repeats`: it may come several times."""

    flags: tuple[str, ...]
    name: str
    summary: str
    takes: Takes
    choices: tuple[str, ...] = ()
    repeats: bool = False


@dataclass(frozen=True)
class CommandWords:
    """A command: its name, its help, its options, and its places in order."""

    name: str
    summary: str
    options: tuple[Place, ...]
    places: tuple[Place, ...]


def command_words() -> list[CommandWords]:
    """Every command, in the order of the help."""
    top = parser()
    [below] = [action for action in top._actions if isinstance(action, argparse._SubParsersAction)]
    summaries = {action.dest: action.help or "" for action in below._choices_actions}
    return [_command(name, summaries[name], sub) for name, sub in below.choices.items()]


def _command(name: str, summary: str, sub: argparse.ArgumentParser) -> CommandWords:
    places = [_place(action) for action in sub._actions]
    return CommandWords(
        name, summary, tuple(one for one in places if one.flags), tuple(one for one in places if not one.flags)
    )


def _place(action: argparse.Action) -> Place:
    repeats = isinstance(action, argparse._AppendAction) or action.nargs in {"*", "+"}
    summary = " ".join((action.help or "").replace("%%", "%").split())
    choices = tuple(str(choice) for choice in action.choices or ())
    name = str(action.metavar or action.dest)
    return Place(tuple(action.option_strings), name, summary, _takes(action), choices, repeats)


def _takes(action: argparse.Action) -> Takes:
    if action.nargs == 0:
        return "nothing"
    if action.choices:
        return "choices"
    if action.dest in _RUNS:
        return "run"
    return "file" if action.type in _PLACES or action.dest in _FILES else "anything"
