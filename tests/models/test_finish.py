"""Other servers' words for the end of a reply, and what a recipe says of its own server's."""

import pytest

from secondhalf.models.finish import finish_kind, has_ended, map_finishes, own_kind
from secondhalf.models.request import RefusedError, Reply

WORDS = {
    "ended": "stop eos eos_token end_turn stop_sequence STOP COMPLETE end_of_turn eosFound FinishReason.STOP End-Turn",
    "cut": "length max_tokens MAX_TOKENS model_length model_context_window_exceeded tool_calls maxPredictedTokensReached limit",
    "filtered": "content_filter content-filter SAFETY refusal ERROR_TOXIC guardrail_intervened sensitive no_choice",
    "failed": "error ERROR insufficient_system_resource abort network_error cancelled modelUnloaded unload",
}


@pytest.mark.parametrize(("kind", "word"), [(kind, word) for kind, words in WORDS.items() for word in words.split()])
def test_the_words_of_other_servers(kind: str, word: str):
    assert finish_kind(word) == kind
    assert has_ended(word) == (kind == "ended")


@pytest.mark.parametrize("word", ["", "unknown", "null", "None", "whole", "stopped?"])
def test_a_word_that_nobody_has_is_no_end(word: str):
    assert finish_kind(word) is None
    assert not has_ended(word)


def test_a_recipe_explains_its_servers_words_and_comes_first():
    refusal = RefusedError("no")
    replies = [
        ("a", Reply("x", "Whole", 1, 1)),
        ("b", Reply("y", "stop", 1, 1)),
        ("c", refusal),
        ("d", Reply("z", "?", 1, 1)),
    ]
    mapped = dict(map_finishes(iter(replies), {"whole": "ended", "stop": "cut"}))
    assert [mapped[row].finish for row in "abd"] == ["stop", "length", "?"]
    assert mapped["c"] is refusal
    assert own_kind("error", {"Error": "ended"}) == "ended"
    assert own_kind("eos", {}) == "ended"
