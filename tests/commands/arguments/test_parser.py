"""What commands take, read without running one."""

from pathlib import Path

import pytest

from secondhalf.commands.arguments.parser import UsageError, parse


def test_several_arms_share_an_endpoint_s_traffic() -> None:
    options = parse(["serve", "proof", "--arm", "taught", "--arm", "tuned=0.1", "--port", "0"])
    assert (options.arm, options.port, options.host) == (["taught", "tuned=0.1"], 0, "127.0.0.1")


def test_decisions_are_exported_in_a_form() -> None:
    options = parse(["review", "proof", "--export", "out.json", "--as", "argilla"])
    assert (options.export, options.form, options.host) == (Path("out.json"), "argilla", "127.0.0.1")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["serv", "proof"], "did you mean serve?"),
        (["serve", "proof", "--prot", "1"], "did you mean --port?"),
        (["review", "proof", "--as", "argila"], "argila"),
        (["serve"], "run"),
    ],
)
def test_what_is_mistyped_is_named(words: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(words)
    assert message in str(caught.value)


@pytest.mark.parametrize("command", ["serve", "review"])
@pytest.mark.parametrize("port", ["65536", "99999", "-1", "٣", "1e3", "9" * 5000])
def test_a_port_that_is_none_is_named(command: str, port: str) -> None:
    with pytest.raises(UsageError, match=r"argument --port: .*(is no port|expected one argument)"):
        parse([command, "made", "--port", port])
    assert parse([command, "made", "--port", "65535"]).port == 65_535


@pytest.mark.parametrize(
    "words",
    [
        ["store", "--push", ""],  # listed the store and succeeded
        ["serve", "made", "--make-key", ""],  # served
        ["review", "made", "--remove-reviewer", " "],
        ["document", "made", "--out", ""],  # wrote into the folder that one is in
        ["document", "made", "--out="],
        ["run", ""],
        ["show", "made", "--runs", ""],
    ],
)
def test_an_empty_word_is_refused_and_never_taken_for_one_that_was_not_given(words: list[str]) -> None:
    with pytest.raises(UsageError, match="is empty"):
        parse(words)
    with pytest.raises(UsageError, match="NUL"):
        parse([word if word.strip() else "a\0b" for word in words[:-1]] + ["a\0"])


def test_words_that_begin_with_two_dashes_and_empty_fields_are_none_of_these() -> None:
    assert parse(["run", "my.yaml", "--set", "corpus.path="]).set == ["corpus.path="]
    assert parse(["run", "--set=corpus.path=", "--", "my.yaml"]).recipe == "my.yaml"
