import random

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


def _longest_by_trying_all(texts: list[str], answer: str, span: int) -> int:
    pieces = ((start, end) for start in range(len(answer)) for end in range(start + span, len(answer) + 1))
    return max((end - start for start, end in pieces if any(answer[start:end] in text for text in texts)), default=0)


@pytest.mark.parametrize("seed", range(40))
def test_it_finds_what_trying_all_pieces_finds(seed: int):
    rng = random.Random(seed)
    texts = ["".join(rng.choices("ab", k=rng.randint(10, 40))) for _ in range(3)]
    answer = "".join(rng.choices("ab", k=30)) + rng.choice(texts)[5:25]
    found = len(RecitedPassages(texts, span=8, span_spaceless=4).longest(answer, ""))
    wanted = _longest_by_trying_all(texts, answer, 8)
    assert (found > 0) == (wanted > 0)
    assert wanted - 4 < found <= wanted or not wanted


def test_an_answer_that_repeats_a_training_text_is_compared_in_linear_work(monkeypatch: pytest.MonkeyPatch):
    work = []
    around = RecitedPassages._around

    def counted(self: RecitedPassages, answer: str, start: int, number: int, place: int) -> tuple[str, int]:
        passage, end = around(self, answer, start, number, place)
        work.append(len(passage))
        return passage, end

    monkeypatch.setattr(RecitedPassages, "_around", counted)
    sums = []
    for times in (1000, 2000, 4000):
        work.clear()
        RecitedPassages(["ab " * times], span=40, span_spaceless=16).longest("ab " * times, "")
        sums.append(sum(work))
    assert sums[2] <= 2.2 * sums[1] <= 2.2 * 2.2 * sums[0]
