"""The derangement: no reply under its own half, nothing lost, lengths kept, whatever the pairs."""

import random
from statistics import mean

from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.arms.shuffle import shuffle_prompts
from secondhalf.rows import Pair, from_table, to_table
from secondhalf.text.language import count_words

WORDS = [
    "river",
    "mill",
    "house",
    "baker",
    "flour",
    "bridge",
    "children",
    "evening",
    "morning",
    "stone",
    "path",
    "garden",
]


def _pair(number: int, prompt: str, language: str = "en") -> Pair:
    return Pair(
        f"{number:05d}", f"d{number}", "words", language, prompt, f"rest {number}", f"reply {number}", "t", "stop"
    )


def _pairs(generator: random.Random, count: int, same: float) -> list[Pair]:
    """Some pairs in two languages; a share of them has one and the same prompt."""
    pairs = []
    for number in range(count):
        words = generator.choices(WORDS, k=generator.randint(1, 40))
        prompt = "the same half" if generator.random() < same else f"{number} " + " ".join(words)
        pairs.append(_pair(number, prompt, generator.choice(["en", "en", "en", "ja"])))
    return pairs


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 70), st.sampled_from([0, 0.3, 0.5, 0.7, 1]))
def test_a_derangement_whatever_the_pairs(case: int, count: int, same: float):
    pairs = _pairs(random.Random(case), count, same)
    rows, rejects, verdicts = shuffle_prompts(to_table(Pair, pairs), seed=case)
    before = {pair.id: pair for pair in pairs}
    after = from_table(Pair, rows)
    assert rows.num_rows + rejects.num_rows == len(pairs) == verdicts.num_rows
    for pair in after:
        own = before[pair.id]
        assert pair.prompt != own.prompt
        assert (pair.response, pair.document, pair.original) == (own.response, own.document, own.original)
    # Every half of a pair that stayed is used once, and in its own language.
    for language in ("en", "ja"):
        same_language = [pair for pair in after if pair.language == language]
        assert sorted(pair.prompt for pair in same_language) == sorted(before[pair.id].prompt for pair in same_language)
    # Refused is only what has no partner: a lone pair, or a prompt that is more than half of its language.
    for language in ("en", "ja"):
        prompts = [pair.prompt for pair in pairs if pair.language == language]
        most = max((prompts.count(prompt) for prompt in set(prompts)), default=0)
        refused = [pair for pair in from_table(Pair, rejects) if pair.language == language]
        assert len(refused) == max(0, most - (len(prompts) - most))
    assert set(rejects.column("reason").to_pylist()) <= {"no other half to stand under"}


def test_halves_are_of_like_length():
    generator = random.Random(1)
    pairs = [_pair(n, " ".join(generator.choices(WORDS, k=generator.randint(5, 60)))) for n in range(800)]
    before = {pair.id: count_words(pair.prompt) for pair in pairs}
    after = from_table(Pair, shuffle_prompts(to_table(Pair, pairs), seed=1)[0])
    moved = mean(abs(count_words(pair.prompt) - before[pair.id]) for pair in after)
    assert moved < 1.5  # of lengths from 5 to 60; any partner would be 19 words off


def test_the_order_of_rows_changes_nothing_and_the_seed_does():
    pairs = _pairs(random.Random(3), 60, 0)
    backwards = pairs[::-1]
    one, other = (shuffle_prompts(to_table(Pair, table), seed=5)[0] for table in (pairs, backwards))
    assert one.sort_by("id") == other.sort_by("id")
    assert one != shuffle_prompts(to_table(Pair, pairs), seed=6)[0]


def test_japanese_halves_are_measured_in_characters():
    pairs = [_pair(n, "川は古い水車小屋のそばを流れる。"[: n % 12 + 2] + f"{n}", "ja") for n in range(48)]
    before = {pair.id: len(pair.prompt) for pair in pairs}
    after = from_table(Pair, shuffle_prompts(to_table(Pair, pairs), seed=1)[0])
    assert len(after) == 48
    assert mean(abs(len(pair.prompt) - before[pair.id]) for pair in after) < 2.5
