"""Checks of a reply alone or beside its prompt: is it there, did it end, does it loop, copy, or change the language?"""

from secondhalf.rows import Pair, Verdict
from secondhalf.text.language import count_words, detect, is_spaceless
from secondhalf.text.ngrams import ngrams, repeated_share, units

_SURE = 0.5  # below this the detector guesses, and a guess refuses nothing


def empty(pair: Pair, min_words: int) -> Verdict:
    """Score: words in the reply; in Japanese and Chinese, characters."""
    words = count_words(pair.response)
    passed = words >= min_words
    return Verdict(pair.id, "empty", passed, float(words), "" if passed else "empty or nearly empty reply")


def finished(pair: Pair, keep_unfinished: bool) -> Verdict:
    """A reply cut at the length limit. Score 1 when finished. Kept where the recipe wants it, then trained without an end."""
    ended = pair.finish == "stop"
    reason = "" if ended else f"unfinished: the finish reason is {pair.finish!r}"
    return Verdict(pair.id, "finished", ended or keep_unfinished, float(ended), reason)


def loops(pair: Pair, limit: float) -> Verdict:
    """Score: the share of 4-grams (characters: 8-grams) that occurred before in the reply."""
    share = repeated_share(pair.response)
    return Verdict(pair.id, "loops", share <= limit, share, "" if share <= limit else "the reply repeats itself")


def echo(pair: Pair, limit: float) -> Verdict:
    """Score: the share of the reply's 4-grams (characters: 8-grams) that stand in the prompt."""
    n = 8 if is_spaceless(pair.response) else 4
    reply = ngrams(units(pair.response), n)
    prompt = set(ngrams(units(pair.prompt), n))
    share = sum(gram in prompt for gram in reply) / len(reply) if reply else 0.0
    return Verdict(pair.id, "echo", share <= limit, share, "" if share <= limit else "the reply copies the prompt")


def language(pair: Pair) -> Verdict:
    """Score: the detector's confidence in the reply's language."""
    code, confidence = detect(pair.response)
    passed = not code or code == pair.language or confidence < _SURE
    return Verdict(
        pair.id, "language", passed, confidence, "" if passed else f"the reply is in {code}, not {pair.language}"
    )
