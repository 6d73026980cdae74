"""The page of every command, of the parser's own help."""

import argparse
from collections.abc import Iterator

from markdown import MADE, cell

from secondhalf.commands.arguments.parser import parser
from secondhalf.commands.arguments.recipes import STAGES

_COMMON = ("-h", "--store", "--runs", "--json")
_OF_RUN = {"recipe", "set", "again", "engine", "address", "anyway"}
"""What the commands of single stages have in common with `run`."""


def commands() -> str:
    """The page of every command, of the parser's own help."""
    [below] = [a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)]
    lines = [
        "# Every command", "", MADE, "",
        "Every command also takes `--help`, `--store FOLDER` (the folder of stages, by default `store`),",
        "`--runs FOLDER` (the folder of runs, by default `runs`) and `--json` (one JSON object instead of text).",
        "Exit codes: 0, done; 2, something that you can mend, said in one sentence; 130, interrupted; others stand with",
        "their command. What `run` takes, the commands of single stages (`corpus` to `report`) take too; their sections",
        "have what is theirs alone.", "",
    ]  # fmt: skip
    for name, sub in below.choices.items():
        lines += [f"## {name}", "", *_command(name, sub), ""]
    return "\n".join(lines).rstrip() + "\n"


def _command(name: str, sub: argparse.ArgumentParser) -> Iterator[str]:
    actions = [a for a in sub._actions if not set(a.option_strings) & set(_COMMON)]
    yield from (cell(str(sub.description)), "", "```text")
    yield " ".join([f"secondhalf {name}", *(_usage(action) for action in actions)])
    yield "```"
    if name in STAGES:
        actions = [a for a in actions if a.dest not in _OF_RUN]
    if sub.epilog:
        title, *examples = (line.strip() for line in sub.epilog.splitlines())
        yield from ("", title.capitalize(), "", "```text", *examples, "```")
    if actions:
        yield from ("", "| | |", "|---|---|")
    for action in actions:
        written = ", ".join(f"`{option}{_value(action)}`" for option in action.option_strings).replace("|", "\\|")
        what = cell((action.help or "") % {"default": action.default})
        choices = f"one of {', '.join(f'`{choice}`' for choice in action.choices)}" if action.choices else ""
        yield f"| {written or f'`{_placeholder(action)}`'} | {'; '.join(filter(None, (what, choices)))} |".replace(
            "|  |", "| |"
        )


def _placeholder(action: argparse.Action) -> str:
    return str(action.metavar or action.dest.upper())


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    word = str(action.metavar or ("CHOICE" if action.choices else action.dest.strip("_").replace("_", "-").upper()))
    return f" [{word}]" if action.nargs == "?" else f" {word}"


def _usage(action: argparse.Action) -> str:
    if not action.option_strings:
        word = _placeholder(action)
        return {"?": f"[{word}]", "*": f"[{word} ...]", "+": f"{word} [{word} ...]"}.get(str(action.nargs), word)
    written = action.option_strings[0] + _value(action)
    return written if action.required else f"[{written}]"
