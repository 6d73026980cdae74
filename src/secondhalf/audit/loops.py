"""Does the reply repeat itself?"""

from secondhalf.rows import Pair, Verdict
from secondhalf.text.ngrams import repeated_share


def loops(pair: Pair, limit: float) -> Verdict:
    """Score: the share of 4-grams (characters: 8-grams) that occurred before in the reply."""
    share = repeated_share(pair.response)
    return Verdict(pair.id, "loops", share <= limit, share, "" if share <= limit else "the reply repeats itself")
