"""The script for fish."""

from secondhalf.commands.completion.words import CommandWords, Place, Takes

_HEAD = """# fish completion for secondhalf: `secondhalf completion fish | source`, or this in
# ~/.config/fish/completions/secondhalf.fish
function __secondhalf_is
    set -l words (commandline -opc)
    test (count $words) -gt 1; and test $words[2] = $argv[1]
end
function __secondhalf_begins
    test (count (commandline -opc)) -eq 1
end
function __secondhalf_runs
    for run in runs/*/
        string replace -r '^runs/(.*)/$' '$1' $run
    end
end
complete -c secondhalf -f
complete -c secondhalf -n __secondhalf_begins -l version -d 'show the version'
"""
_TAKEN: dict[Takes, str] = {"nothing": "", "choices": "-x", "file": "-r -F", "run": "-x", "anything": "-x"}


def fish_script(commands: list[CommandWords]) -> str:
    """The script: commands and options with their help."""
    lines = [
        f"complete -c secondhalf -n __secondhalf_begins -a {one.name} -d {_quoted(one.summary)}" for one in commands
    ]
    for command in commands:
        begin = f"complete -c secondhalf -n '__secondhalf_is {command.name}'"
        lines += [f"{begin} {_option(option)}" for option in command.options]
        lines += [f"{begin} {filled}" for place in command.places if (filled := _place(place))]
    return _HEAD + "\n".join(lines) + "\n"


def _option(option: Place) -> str:
    flags = [f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags]
    choices = f"-a {_quoted(' '.join(option.choices))}" if option.choices else ""
    parts = [*flags, _TAKEN[option.takes], choices, f"-d {_quoted(option.summary)}"]
    return " ".join(filter(None, parts))


def _place(place: Place) -> str:
    if place.choices:
        return f"-a {_quoted(' '.join(place.choices))}"
    return {"file": "-F", "run": "-a '(__secondhalf_runs)'"}.get(place.takes, "")


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
