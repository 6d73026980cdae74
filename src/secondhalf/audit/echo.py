"""Does the reply only say the prompt again?"""

from secondhalf.rows import Pair, Verdict
from secondhalf.text.language import is_spaceless
from secondhalf.text.ngrams import ngrams, units


def echo(pair: Pair, limit: float) -> Verdict:
    """Score: the share of the reply's 4-grams (characters: 8-grams) that stand in the prompt."""
    n = 8 if is_spaceless(pair.response) else 4
    reply = ngrams(units(pair.response), n)
    prompt = set(ngrams(units(pair.prompt), n))
    share = sum(gram in prompt for gram in reply) / len(reply) if reply else 0.0
    return Verdict(pair.id, "echo", share <= limit, share, "" if share <= limit else "the reply copies the prompt")
