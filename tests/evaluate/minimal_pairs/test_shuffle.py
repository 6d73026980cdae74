"""Shuffled prompts ask nothing of the answers that they stand before."""

import pytest

from secondhalf.evaluate.minimal_pairs.build import load_minimal_pairs
from secondhalf.evaluate.minimal_pairs.shuffle import shuffle_prompts

PAIRS = load_minimal_pairs()


def test_answers_stay_and_prompts_come_from_another_topic_and_kind() -> None:
    shuffled = {pair.id: pair for pair in shuffle_prompts(PAIRS)}
    by_prompt = {(pair.plain, pair.prompt): pair for pair in PAIRS}
    assert shuffled.keys() == {pair.id for pair in PAIRS}
    for pair in PAIRS:
        other = shuffled[pair.id]
        assert (other.kept, other.broken) == (pair.kept, pair.broken)
        source = by_prompt[other.plain, other.prompt]
        assert source.language == pair.language
        assert source.topic != pair.topic
        assert source.kind != pair.kind


def test_one_topic_alone_cannot_be_shuffled() -> None:
    with pytest.raises(ValueError, match="no other topic"):
        shuffle_prompts([pair for pair in PAIRS if pair.topic == PAIRS[0].topic and pair.language == "en"])
