"""The script for zsh."""

import re

from secondhalf.commands.completion.words import CommandWords, Place, Takes

_HEAD = """#compdef secondhalf
# zsh completion for secondhalf: this file as _secondhalf in a folder of $fpath, or `source <(secondhalf completion zsh)`
_secondhalf_runs() { local -a names; names=(runs/*(N/:t)); compadd -a names }
_secondhalf() {
  local -a commands
"""
_TAIL = """  esac
}
if [[ $funcstack[1] == _secondhalf ]]; then _secondhalf "$@"; else compdef _secondhalf secondhalf; fi
"""
_CALLS: dict[Takes, str] = {"file": "_files", "run": "_secondhalf_runs", "anything": " "}


def zsh_script(commands: list[CommandWords]) -> str:
    """The script: commands and options with their help."""
    names = [f"    {_quoted(f'{_escaped(command.name)}:{command.summary}')}" for command in commands]
    lines = ["  commands=(", *names, "  )", "  if (( CURRENT == 2 )); then _describe command commands; return; fi",
             "  local command=$words[2]", "  shift words; (( CURRENT-- ))", "  case $command in"]  # fmt: skip
    for command in commands:
        specs = [*(one for option in command.options for one in _option(option)), *_places(command.places)]
        lines += [f"    {command.name}) _arguments -S \\", *(f"      {spec} \\" for spec in specs), "      ;;"]
    return _HEAD + "\n".join(lines) + "\n" + _TAIL


def _option(option: Place) -> list[str]:
    star = "*" if option.repeats else ""
    end = "" if option.takes == "nothing" else f":{_escaped(option.name)}:{_action(option)}"
    return [_quoted(f"{star}{flag}[{_escaped(option.summary)}]{end}") for flag in option.flags]


def _places(places: tuple[Place, ...]) -> list[str]:
    return [
        _quoted(f"{'*' if place.repeats else number}:{_escaped(place.name)}:{_action(place)}")
        for number, place in enumerate(places, 1)
    ]


def _action(place: Place) -> str:
    return f"({' '.join(map(_escaped, place.choices))})" if place.choices else _CALLS[place.takes]


def _escaped(text: str) -> str:
    return re.sub(r"([\[\]:\\()|])", r"\\\1", text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
