"""Choosing among several candidates without a model: the longest finished one, or any. See judge.py for the third way."""

from collections.abc import Sequence

from secondhalf.rows import digest
from secondhalf.teach.candidates import Candidate
from secondhalf.text.language import count_words


def longest_finished(candidates: Sequence[Candidate]) -> Candidate:
    """The longest (in words; in characters where words have no spaces) that came to an end, else the longest.

    The first of equals. An empty one is taken only when there is nothing else.
    """
    return max(candidates, key=lambda c: (bool(c.response), c.finished, count_words(c.response), -c.number))


def at_random(candidates: Sequence[Candidate], seed: int) -> Candidate:
    """One drawn by a hash of the seed and the pair's id; an empty one only when there is nothing else."""
    some = [candidate for candidate in candidates if candidate.response] or candidates
    return some[int(digest("candidate", str(seed), some[0].id), 16) % len(some)]
