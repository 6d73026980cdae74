"""Each check of a reply at its limit, English and Japanese."""

from dataclasses import replace

from secondhalf.audit.reply import check_empty, check_finished
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
