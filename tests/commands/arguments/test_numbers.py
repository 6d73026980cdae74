"""Which numbers a command line may name: what is none of them is said before anything is loaded."""

import argparse

import pytest

from secondhalf.commands.arguments.numbers import decimal_from_zero, whole_number
from secondhalf.commands.arguments.parser import UsageError, parse


@pytest.mark.parametrize(
    "words",
    [
        ["chat", "made", "--arm", "a", "--temperature", "nan"],  # a traceback, once the model was loaded and asked
        ["chat", "made", "--arm", "a", "--temperature=-1"],
        ["chat", "made", "--arm", "a", "--temperature", "inf"],
        ["chat", "made", "--arm", "a", "--max-tokens", "0"],
        ["serve", "made", "--make-key", "k", "--tokens-per-minute", "9" * 20],  # more than the database holds
        ["compare", "made", "made", "--scaling", "--at", "0"],
        ["search", "r.yaml", "--over", "train.rank=4", "--seed=-1"],
        ["doctor", "r.yaml", "--nodes", "9" * 5000],
    ],
)
def test_a_number_that_is_none_is_named(words: list[str]) -> None:
    with pytest.raises(UsageError, match=r"argument --[a-z-]+: '.+' is no (whole )?number from"):
        parse(words)


def test_numbers_as_people_write_them() -> None:
    assert [whole_number(1)(text) for text in ("800000", "800,000", "800_000", " 1 ")] == [800_000, 800_000, 800_000, 1]
    assert (whole_number(0, 5)("5"), decimal_from_zero("0"), decimal_from_zero("7e-1")) == (5, 0.0, 0.7)
    for text in ("6", "-1", "1.5", "x", "", "５", "--1"):
        with pytest.raises(argparse.ArgumentTypeError, match="from 0 to 5"):
            whole_number(0, 5)(text)
