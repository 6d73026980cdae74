"""Every command's help ends with an example, and each example is a command line that is understood."""

import shlex

import pytest

from secondhalf.cli import COMMANDS, main
from secondhalf.commands.arguments.examples import EXAMPLES
from secondhalf.commands.arguments.parser import parse
from secondhalf.commands.arguments.recipes import STAGES


@pytest.mark.parametrize("command", [*COMMANDS, *(stage for stage in STAGES if stage not in COMMANDS)])
def test_the_help_ends_with_an_example(command: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    last = capsys.readouterr().out.rstrip().split("\n")[-1]
    assert last.strip() == EXAMPLES[command][-1]


@pytest.mark.parametrize("line", [line for lines in EXAMPLES.values() for line in lines])
def test_an_example_is_a_command_line(line: str):
    program, *words = shlex.split(line.partition(" > ")[0])
    assert program == "secondhalf"
    options = parse(words)
    assert line in EXAMPLES[words[0]]
    assert options.command


def test_there_is_no_example_of_what_is_no_command():
    assert set(EXAMPLES) == set(COMMANDS) | set(STAGES)
