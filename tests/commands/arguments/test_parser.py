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
