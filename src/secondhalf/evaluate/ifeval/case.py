"""Capital and small letters in English."""

from secondhalf.evaluate.ifeval.english import tokenize
from secondhalf.evaluate.ifeval.language import detect_language
from secondhalf.evaluate.ifeval.relation import holds


def english_capital(response: str) -> bool:
    """All letters are capital, and the language is detected as English (or not at all)."""
    return response.isupper() and detect_language(response) in {"en", None}


def english_lowercase(response: str) -> bool:
    """All letters are small, and the language is detected as English (or not at all)."""
    return response.islower() and detect_language(response) in {"en", None}


def capital_word_frequency(response: str, *, capital_frequency: int, capital_relation: str) -> bool:
    """How many words are in capitals: I, NASA and the two halves of DON'T count, Roman numerals too."""
    return holds(sum(token.isupper() for token in tokenize(response)), capital_relation, capital_frequency)
