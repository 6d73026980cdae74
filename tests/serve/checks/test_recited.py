import pytest

from secondhalf.serve.checks.recited import RecitedPassages

ENGLISH = (
    "The river runs past the old mill and the miller's house. In the morning the baker buys flour for the whole town."
)
JAPANESE = "川は古い水車小屋のそばを流れる。朝になるとパン屋が粉を買いに来る。夕方には子どもたちが橋から釣りをする。"
RECITED = RecitedPassages([ENGLISH, JAPANESE, "", "short"], span=40, span_spaceless=16)


@pytest.mark.parametrize("start", range(0, 30, 3))
def test_a_passage_is_found_wherever_it_begins(start: int):
    passage = ENGLISH[start : start + 40]
    assert RECITED.longest(f"He said:{passage}!! No.", "What?").strip() == passage.strip()


def test_what_is_shorter_than_the_span_is_none():
    assert RECITED.longest(f"xx {ENGLISH[4:42]} yy", "") == ""


def test_japanese_has_a_span_of_its_own():
    assert RECITED.longest(f"答え：{JAPANESE[5:23]}", "") == JAPANESE[5:23]
    assert RECITED.longest(f"答え：{JAPANESE[5:19]}", "") == ""


def test_what_the_question_says_may_be_quoted():
    assert RECITED.longest(ENGLISH, f"Say this: {ENGLISH}") == ""


def test_blanks_are_folded():
    assert RECITED.longest(ENGLISH[:60].replace(" ", "\n  "), "") == ENGLISH[:60].strip()
