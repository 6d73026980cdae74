"""The script for bash, also the 3.2 that macOS has."""

from collections.abc import Iterable

from secondhalf.commands.completion.words import CommandWords, Place, Takes

# Names of runs and files are others' words: `compgen -W` would expand what is in them, and an unquoted $(...) their stars.
# readline quotes the names of files that there are (-o filenames); in any other name it leaves $, and so $(...), as it is.
# bash 3.2 has no compopt.
_HEAD = """# bash completion for secondhalf: `source <(secondhalf completion bash)`, or this in
# ~/.local/share/bash-completion/completions/secondhalf
_secondhalf_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
_secondhalf_quoted() {
  case "$cur" in
    \\'*|\\"*) if [[ "$1" != *[\\\\\\"\\'\\`\\$\\!]* ]]; then COMPREPLY+=("$1"); fi ;;
    *) COMPREPLY+=("$(printf '%q' "$1")") ;;
  esac
}
_secondhalf_plain() {
  local rest="$cur"
  plain=""
  case "$rest" in \\'*|\\"*) plain="${rest:1}"; return ;; esac
  while [[ -n "$rest" ]]; do
    if [[ "$rest" == \\\\* ]]; then rest="${rest:1}"; fi
    plain+="${rest:0:1}"; rest="${rest:1}"
  done
}
_secondhalf_file() { COMPREPLY+=("$1"); }
_secondhalf_files() {
  local plain path offer=_secondhalf_quoted
  _secondhalf_plain
  if compopt -o filenames 2>/dev/null; then offer=_secondhalf_file; fi
  while IFS= read -r path; do
    if [[ -e "$path" || "$path" == "~/"* ]]; then "$offer" "$path"; fi
  done < <(compgen -f -- "$plain")
}
_secondhalf_runs() {
  local plain path name
  _secondhalf_plain
  for path in runs/*/; do
    name="${path#runs/}"; name="${name%/}"
    if [[ -d "$path" && "$name" == "$plain"* ]]; then _secondhalf_quoted "$name"; fi
  done
}
_secondhalf() {
  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" command="${COMP_WORDS[1]}"
  COMPREPLY=()
"""
_TAIL = """}
complete -F _secondhalf secondhalf
"""


def bash_script(commands: list[CommandWords]) -> str:
    """The script: options where a dash is begun, what an option takes after it, else what the command's places take."""
    names = " ".join([*(command.name for command in commands), "--help", "--version"])
    lines = [
        _HEAD + f'  if (( COMP_CWORD == 1 )); then _secondhalf_words "{names}"; return; fi',
        '  case "$command $prev" in',
    ]
    for command in commands:
        lines += [f"    {_patterns(command, option)}) {_filled(option)}; return ;;" for option in command.options
                  if option.takes != "nothing"]  # fmt: skip
    lines += ["  esac", '  case "$command" in']
    lines += [f"    {command.name}) {_of_command(command)} ;;" for command in commands]
    return "\n".join([*lines, "  esac\n"]) + _TAIL


def _patterns(command: CommandWords, option: Place) -> str:
    return "|".join(f'"{command.name} {flag}"' for flag in option.flags)


def _filled(place: Place) -> str:
    """What fills a place or an option; `:` is nothing."""
    calls: dict[Takes, str] = {"file": "_secondhalf_files", "run": "_secondhalf_runs"}
    return f'_secondhalf_words "{" ".join(place.choices)}"' if place.choices else calls.get(place.takes, ":")


def _of_command(command: CommandWords) -> str:
    flags = " ".join(_flags(command.options))
    return f'if [[ "$cur" == -* ]]; then _secondhalf_words "{flags}"; else {_places(command.places)}; fi'


def _places(places: tuple[Place, ...]) -> str:
    """The first place right after the command; what comes later is told by how far along the line is, options left out."""
    if not places:
        return ":"
    if len(places) == 1:
        return _filled(places[0])
    first, second = places[0], places[1]
    return f"if (( COMP_CWORD == 2 )); then {_filled(first)}; else {_filled(second)}; fi"


def _flags(options: Iterable[Place]) -> list[str]:
    return [flag for option in options for flag in option.flags]
