"""C4's rules: which lines go, which documents go, and how sentences are counted."""

import pytest

from secondhalf.clean.c4 import C4Settings, apply_c4
from secondhalf.clean.tokenized_text import TokenizedText

FIVE = "This is one. And here is two. Then comes three! Is this four? It is five at last."


def cleaned(text: str, **settings: object) -> tuple[str, bool, str]:
    out, verdicts = apply_c4(TokenizedText("0", text), C4Settings(**settings))  # type: ignore[arg-type]
    failed = [verdict for verdict in verdicts if not verdict.passed]
    return out, not failed, failed[0].reason.partition(":")[0] if failed else ""


def test_five_sentences_pass_and_four_do_not() -> None:
    assert cleaned(FIVE) == (FIVE, True, "")
    assert cleaned(FIVE.rpartition(" It ")[0])[2] == "too few sentences"


@pytest.mark.parametrize(
    "line",
    [
        "Two words.",
        "Please enable JavaScript to see this.",
        "Read our privacy policy before you go.",
        "w" * 1001 + " and more.",
    ],
)
def test_lines_that_are_dropped(line: str) -> None:
    assert cleaned(f"{FIVE}\n{line}")[0] == FIVE


def test_terminal_punctuation_is_asked_for_only_by_setting() -> None:
    text = f"{FIVE}\nA line without its end\nA line that trails off..."
    assert cleaned(text)[0] == text
    assert cleaned(text, end_punctuation=True)[0] == FIVE


def test_citations_are_taken_out() -> None:
    assert cleaned(FIVE.replace("one.", "one.[12]") + "\nThe title of it [edit]")[0] == FIVE + "\nThe title of it "[:-1]


@pytest.mark.parametrize(
    ("phrase", "reason"), [("Lorem ipsum dolor sit amet.", "placeholder text"), ("if (x) { y }", "curly brackets")]
)
def test_documents_that_are_refused_keep_their_text(phrase: str, reason: str) -> None:
    text = f"{FIVE}\n{phrase} and some more words."
    assert cleaned(text) == (text, False, reason)


def test_a_line_that_is_dropped_anyway_refuses_nothing() -> None:
    assert cleaned(f"{FIVE}\nlorem ipsum")[1]


@pytest.mark.parametrize("text", ["", "\n", "...", "\u2028"])
def test_nothing_left_is_too_few_sentences(text: str) -> None:
    assert cleaned(text)[2] == "too few sentences"
