"""Checks of a reply by itself: is it empty, and did it come to its end?"""

from secondhalf.models.finish import has_ended
from secondhalf.rows import Pair, Verdict
from secondhalf.text.language import count_words


def check_empty(pair: Pair, min_words: int) -> Verdict:
    """A reply of fewer than `min_words`. Score: its words; in Japanese and Chinese, its characters."""
    words = count_words(pair.response)
    passed = words >= min_words
    return Verdict(pair.id, "empty", passed, float(words), "" if passed else "empty or nearly empty reply")


def check_finished(pair: Pair, keep_unfinished: bool) -> Verdict:
    """A reply that was cut at the length limit: passed only with `keep_unfinished`. Score: 1 when finished, else 0."""
    finished = has_ended(pair.finish)
    reason = "" if finished else f"unfinished: the finish reason is {pair.finish!r}"
    return Verdict(pair.id, "finished", finished or keep_unfinished, float(finished), reason)
