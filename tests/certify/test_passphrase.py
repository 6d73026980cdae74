"""Passphrases come from a named variable or a terminal, and from nowhere else."""

import getpass
import sys

import pytest

from secondhalf.certify.passphrase import known_passphrase, new_passphrase
from secondhalf.errors import UserError


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is typed at a terminal, in turn."""
    words: list[str] = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)

    def read(prompt: str) -> str:
        assert prompt.endswith(": ")
        return words.pop(0)

    monkeypatch.setattr(getpass, "getpass", read)
    return words


def test_a_variable_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_WORDS", "長い合言葉です。")
    assert known_passphrase("MY_WORDS", "Hana") == new_passphrase("MY_WORDS") == "長い合言葉です。".encode()
    monkeypatch.setenv("MY_WORDS", "")
    for name in ("MY_WORDS", "NO_SUCH_VARIABLE"):
        with pytest.raises(UserError, match=f"--passphrase-env {name}: that environment variable is not set"):
            known_passphrase(name, "Hana")


def test_it_is_typed_twice_for_a_new_key(typed: list[str]) -> None:
    typed += ["long enough", "long enough", "long enough"]
    assert new_passphrase("") == known_passphrase("", "Hana") == b"long enough"
    typed += ["long enough", "long  enough"]
    with pytest.raises(UserError, match="The two passphrases differ"):
        new_passphrase("")
    typed += ["短い", "短い"]
    with pytest.raises(UserError, match="shorter than 8 characters"):
        new_passphrase("")


def test_nobody_is_asked_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    with pytest.raises(UserError, match="nobody can type it here: name an environment variable"):
        known_passphrase("", "Hana")
    with pytest.raises(UserError, match="--passphrase-env"):
        new_passphrase("")
