"""What completion knows of the parser: every command, every option, and what each takes."""

from secondhalf.cli import COMMANDS
from secondhalf.commands.arguments.recipes import STAGES
from secondhalf.commands.completion.words import Place, command_words

WORDS = {command.name: command for command in command_words()}


def _option(command: str, flag: str) -> Place:
    return next(option for option in WORDS[command].options if flag in option.flags)


def test_every_command_is_there():
    assert set(WORDS) == set(COMMANDS) | set(STAGES)
    assert all(command.summary for command in WORDS.values())


def test_every_option_has_a_help():
    """But for those whose name says it, such as --arm."""
    bare = {
        flag for command in WORDS.values() for option in command.options if not option.summary for flag in option.flags
    }
    assert bare <= {"--arm", "--as", "--max-tokens", "--temperature"}


def test_what_is_taken():
    assert _option("export", "--as").choices == ("adapter", "merged", "gguf", "ollama", "all")
    assert _option("export", "--out").takes == "file"
    assert _option("run", "--json").takes == "nothing"
    assert _option("run", "--set").repeats
    assert _option("chat", "--max-tokens").takes == "anything"
    assert [place.takes for place in WORDS["show"].places] == ["run", "choices"]
    assert [place.takes for place in WORDS["run"].places] == ["file"]
    assert WORDS["compare"].places[0].repeats
    assert "%" in _option("search", "--limit").summary
    assert "%%" not in _option("search", "--limit").summary


def test_whatever_names_a_file_or_folder_completes_as_one():
    for command, flag in (("serve", "--settings"), ("run", "--runs"), ("run", "--store"), ("verify", "--key"), ("certify", "--model")):  # fmt: skip
        assert _option(command, flag).takes == "file"
