"""Is the reply in the prompt's language?"""

from secondhalf.rows import Pair, Verdict
from secondhalf.text.language import detect

_SURE = 0.5  # below this the detector guesses, and a guess refuses nothing


def language(pair: Pair) -> Verdict:
    """Score: the detector's confidence in the reply's language."""
    code, confidence = detect(pair.response)
    passed = not code or code == pair.language or confidence < _SURE
    return Verdict(
        pair.id, "language", passed, confidence, "" if passed else f"the reply is in {code}, not {pair.language}"
    )
