"""Prints the completion script of a shell."""

import argparse
from collections.abc import Callable

from secondhalf.commands.completion.bash import bash_script
from secondhalf.commands.completion.fish import fish_script
from secondhalf.commands.completion.words import CommandWords, command_words
from secondhalf.commands.completion.zsh import zsh_script
from secondhalf.output import print_json, print_script

SHELLS: dict[str, Callable[[list[CommandWords]], str]] = {"bash": bash_script, "zsh": zsh_script, "fish": fish_script}


def main(options: argparse.Namespace) -> None:
    """Prints the script. It holds our own words alone."""
    script = SHELLS[options.shell](command_words())
    if options.json:
        print_json({"shell": options.shell, "script": script})
    else:
        print_script(script)
