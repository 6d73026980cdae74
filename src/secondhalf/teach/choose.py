"""Choosing among several candidates without a model: the longest finished one, any, or as a function of the user's says.

judge.py asks a model.
"""

from collections.abc import Sequence

from secondhalf.extensions.function import Extension, RowError
from secondhalf.rows import Pair, Verdict, digest
from secondhalf.teach.candidates import Candidate
from secondhalf.text.language import count_words


def longest_finished(candidates: Sequence[Candidate]) -> Candidate:
    """The longest (in words; in characters where words have no spaces) that came to an end, else the longest.

    The first of equals. An empty one is taken only when there is nothing else.
    """
    return max(candidates, key=lambda c: (bool(c.response), c.finished, count_words(c.response), -c.number))


def at_random(candidates: Sequence[Candidate], seed: int) -> Candidate:
    """One drawn by a hash of the seed and the pair's id; an empty one only when there is nothing else."""
    non_empty = [candidate for candidate in candidates if candidate.response] or candidates
    return non_empty[int(digest("candidate", str(seed), non_empty[0].id), 16) % len(non_empty)]


def by_function(
    pair: Pair, candidates: Sequence[Candidate], function: Extension
) -> tuple[Candidate | None, list[Verdict]]:
    """The one that a user's function picks, and the verdict by its path; its score is the place of the one picked.

    None, and a failed verdict, where the function raised or picked none of them. Raises UserError where what it returns
    is neither a candidate nor a place. One candidate alone is taken without asking it, and without a verdict.
    """
    if len(candidates) == 1:
        return candidates[0], []
    try:
        picked = function(pair, list(candidates))
        if isinstance(picked, Candidate):
            index = candidates.index(picked) if picked in candidates else -1
        elif isinstance(picked, int) and not isinstance(picked, bool):
            index = picked
        else:
            raise function.wrong(picked, "one of the candidates, or its place in the list, from 0")
        if not 0 <= index < len(candidates):
            raise function.failed("picked none of the candidates")
    except RowError as error:
        return None, [Verdict(pair.id, function.path, False, 0.0, str(error))]
    return candidates[index], [Verdict(pair.id, function.path, True, float(index))]
