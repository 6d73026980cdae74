"""Did the teacher come to an end by itself?"""

from secondhalf.rows import Pair, Verdict


def finished(pair: Pair, keep_unfinished: bool) -> Verdict:
    """A reply cut at the length limit. Score 1 when finished. Kept where the recipe wants it, then trained without an end."""
    ended = pair.finish == "stop"
    reason = "" if ended else f"unfinished: the finish reason is {pair.finish!r}"
    return Verdict(pair.id, "finished", ended or keep_unfinished, float(ended), reason)
