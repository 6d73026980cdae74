"""Checks of a reply alone or beside its prompt: is it empty, did it end, does it loop, copy, or change the language?"""

from secondhalf.models.finish import has_ended
from secondhalf.rows import Pair, Verdict
from secondhalf.text.language import count_words, detect, is_spaceless
from secondhalf.text.ngrams import all_ngrams, repeated_share, units

_MIN_CONFIDENCE = 0.5  # below this the detector guesses, and a guess refuses nothing


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


def check_loops(pair: Pair, limit: float) -> Verdict:
    """A reply that repeats itself. Score: the share of its 4-grams (characters: 8-grams) that occurred before in it, 0 to 1."""
    share = repeated_share(pair.response)
    return Verdict(pair.id, "loops", share <= limit, share, "" if share <= limit else "the reply repeats itself")


def check_echo(pair: Pair, limit: float) -> Verdict:
    """A reply that copies its prompt. Score: the share of its 4-grams (characters: 8-grams) that stand there, 0 to 1."""
    n = 8 if is_spaceless(pair.response) else 4
    reply = all_ngrams(units(pair.response), n)
    prompt = set(all_ngrams(units(pair.prompt), n))
    share = sum(gram in prompt for gram in reply) / len(reply) if reply else 0.0
    return Verdict(pair.id, "echo", share <= limit, share, "" if share <= limit else "the reply copies the prompt")


def check_language(pair: Pair) -> Verdict:
    """A reply in another language than its pair. Score: the detector's confidence in the reply's language, 0 to 1."""
    code, confidence = detect(pair.response)
    passed = not code or code == pair.language or confidence < _MIN_CONFIDENCE
    return Verdict(
        pair.id, "language", passed, confidence, "" if passed else f"the reply is in {code}, not {pair.language}"
    )
