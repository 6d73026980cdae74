"""The prompts that every side of a benchmark is asked: sixty words each, no two alike."""

from collections.abc import Iterator


def prompts(count: int) -> Iterator[str]:
    """So many prompts."""
    sentence = "the river runs past an old mill and on to the sea where boats wait for the wind to turn"
    words = sentence.split()
    for number in range(count):
        yield " ".join([str(number), *(words[(number * 7 + index) % len(words)] for index in range(59))])
