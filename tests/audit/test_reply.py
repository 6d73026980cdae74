"""Each check of a reply at its limit, English and Japanese."""

from dataclasses import replace

import pytest

from secondhalf.audit.reply import check_echo, check_empty, check_finished, check_language, check_loops
from secondhalf.rows import Pair

PAIR = Pair("p", "d", "words", "en", "a b c d e f", "", "the quiet reply of five", "t", "stop")


def _reply(text: str, **changed: str) -> Pair:
    return replace(PAIR, response=text, **changed)


def test_a_reply_needs_its_least_number_of_words() -> None:
    assert check_empty(PAIR, 5).score == 5
    assert [check_empty(PAIR, least).passed for least in (5, 6)] == [True, False]
    assert check_empty(_reply("町の図書館"), 5).passed  # characters
    assert check_empty(_reply(" \n"), 1).reason == "empty or nearly empty reply"


def test_a_reply_that_was_cut_is_refused_unless_it_may_be_kept() -> None:
    for finish, passed in (("stop", True), ("length", False), ("content_filter", False), ("", False)):
        verdict = check_finished(_reply("a", finish=finish), keep_unfinished=False)
        assert (verdict.passed, verdict.score) == (passed, float(passed))
        assert verdict.reason == ("" if passed else f"unfinished: the finish reason is {finish!r}")
        assert check_finished(_reply("a", finish=finish), keep_unfinished=True).passed


def test_loops_by_their_share() -> None:
    looped = _reply("one two three four " * 2)  # 5 runs of four, of which the last repeats the first
    assert check_loops(looped, 0.2).score == pytest.approx(0.2)
    assert [check_loops(looped, limit).passed for limit in (0.2, 0.19)] == [True, False]
    assert check_loops(_reply("short"), 0.0).passed


def test_an_echo_by_its_share() -> None:
    half = _reply("a b c d e x")  # of three runs of four two stand in the prompt
    assert check_echo(half, 0.5).score == pytest.approx(2 / 3)
    assert not check_echo(half, 0.5).passed
    assert check_echo(half, 0.7).passed
    assert check_echo(_reply("a b"), 0.0).passed
    japanese = replace(PAIR, prompt="町の図書館は来年移る。", response="町の図書館は来年移るのだ。")
    assert check_echo(japanese, 0.5).reason == "the reply copies the prompt"


def test_the_language_is_that_of_the_pair_where_the_detector_is_sure() -> None:
    japanese = "町の図書館は来年の春に新しい建物へ移る予定で、市民の意見を聞く会が開かれました。"
    verdict = check_language(_reply(japanese))
    assert (verdict.passed, verdict.reason) == (False, "the reply is in ja, not en")
    assert verdict.score > 0.5
    assert check_language(_reply(japanese, language="ja")).passed
    assert check_language(_reply("12 34")).passed
