"""FineWeb's rules: figures worked out by hand."""

import pytest

from secondhalf.clean.fineweb import FineWebSettings, check_fineweb
from secondhalf.clean.tokenized_text import TokenizedText

LONG = "This is a line of more than thirty characters"


def figures(text: str) -> dict[str, tuple[float, bool]]:
    verdicts = check_fineweb(TokenizedText("0", text), FineWebSettings())
    return {verdict.check.partition(".")[2]: (verdict.score, verdict.passed) for verdict in verdicts}


def test_lines_that_end() -> None:
    assert figures(f"{LONG}.\n{LONG}\n\n{LONG}？\n{LONG}")["ended_lines"] == (0.5, True)
    assert figures("\n".join(f"{LONG} {n}" for n in range(9)))["ended_lines"] == (0.0, False)


def test_short_lines() -> None:
    assert figures(f"short.\nshort too.\n{LONG}.\n{LONG}!")["short_lines"] == (0.5, True)
    assert figures("one.\ntwo.\nthree.")["short_lines"] == (1.0, False)


def test_repeated_lines() -> None:
    score, passed = figures(f"{LONG}.\n{LONG}.\n{LONG}!")["repeated_lines"]
    assert score == pytest.approx(1 / 3)
    assert not passed


def test_newlines_a_token() -> None:
    assert figures("a\nb\nc\nd")["newlines"] == (0.75, False)


@pytest.mark.parametrize("text", ["", "\n\n", " "])
def test_nothing_to_count_is_refused_without_an_error(text: str) -> None:
    assert not all(passed for _, passed in figures(text).values())
