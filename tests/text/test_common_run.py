"""The longest common run, against a search that tries everything."""

import random

from secondhalf.text.common_run import longest_common_run


def _by_trial(one: str, other: str) -> tuple[int, int]:
    for length in range(min(len(one), len(other)), 0, -1):
        for start in range(len(other) - length + 1):
            if other[start : start + length] in one:
                return length, start
    return 0, 0


def test_as_by_trial() -> None:
    generator = random.Random(1)
    for _ in range(300):
        one, other = ("".join(generator.choices("abc", k=generator.randrange(12))) for _ in range(2))
        assert longest_common_run(one, other) == _by_trial(one, other)
