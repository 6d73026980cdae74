"""Is there a reply at all?"""

from secondhalf.rows import Pair, Verdict
from secondhalf.text.language import count_words


def empty(pair: Pair, min_words: int) -> Verdict:
    """Score: words in the reply; in Japanese and Chinese, characters."""
    words = count_words(pair.response)
    passed = words >= min_words
    return Verdict(pair.id, "empty", passed, float(words), "" if passed else "empty or nearly empty reply")
