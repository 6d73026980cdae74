"""Samples of the characters that end sentences, and of those that make a token a mere symbol."""

from secondhalf.clean.punctuation import SYMBOLS, TERMINAL


def test_sentence_ends() -> None:
    assert set(".!?。！？｡؟।") <= TERMINAL
    assert TERMINAL.isdisjoint(',;:…、a1"」')


def test_symbols_are_datatroves() -> None:
    assert TERMINAL | set("#$%&()「」—…\x00\x1f") <= SYMBOLS
    assert SYMBOLS.isdisjoint("a1é図 \t\n•→")
