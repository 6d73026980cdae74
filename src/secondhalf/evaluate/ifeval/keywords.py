"""Words that must or must not be there. English looks into the text; Japanese looks at the words that an analyser finds.

The reference reads English keywords as regular expressions. Here they are plain text: all keywords of the published
files are, and a pattern from a file could run for ever.
"""

import re

from secondhalf.errors import UserError
from secondhalf.evaluate.ifeval.japanese import surfaces
from secondhalf.evaluate.ifeval.relation import holds


def existence(response: str, *, keywords: list[str]) -> bool:
    """Each keyword stands somewhere, within words too; case makes no difference."""
    return all(_occurrences(response, keyword) for keyword in keywords)


def frequency(response: str, *, keyword: str, frequency: int, relation: str) -> bool:
    """The keyword stands less often than, or at least as often as asked, within words too."""
    return holds(_occurrences(response, keyword.strip()), relation, frequency)


def forbidden_words(response: str, *, forbidden_words: list[str]) -> bool:
    """None of the words stands there as a whole word; case makes no difference."""
    return not any(re.search(rf"\b{re.escape(word)}\b", response, re.IGNORECASE) for word in forbidden_words)


def letter_frequency(response: str, *, letter: str, let_frequency: int, let_relation: str) -> bool:
    """How often one character stands there, lower or upper case.

    Two of the 541 prompts ask for `#` and `!`. The reference counts a random letter then; we count the one in the
    prompt.
    """
    return holds(response.lower().count(letter.strip().lower()), let_relation, let_frequency)


def japanese_existence(response: str, *, keywords: list[str]) -> bool:
    """Each keyword is one of the words."""
    return set(keywords) <= set(surfaces(response))


def japanese_frequency(response: str, *, keyword: str, frequency: int, relation: str) -> bool:
    """How many of the words are the keyword."""
    return holds(surfaces(response).count(keyword.strip()), relation, frequency)


def japanese_forbidden_words(response: str, *, forbidden_words: list[str]) -> bool:
    """None of the words is a forbidden one."""
    return not set(forbidden_words) & set(surfaces(response))


def japanese_letter_frequency(response: str, *, letter: str, let_frequency: int, let_relation: str) -> bool:
    """How often one kana stands there, as hiragana or katakana. Raises UserError for a letter that is not one character."""
    if len(letter) != 1 or letter > "\uffff":
        raise UserError(f"letter is {letter[:20]!r}; write one kana")
    katakana = chr(ord(letter) + 0x60)
    return holds(response.count(letter) + response.count(katakana), let_relation, let_frequency)


def _occurrences(response: str, keyword: str) -> int:
    return len(re.findall(re.escape(keyword), response, re.IGNORECASE))
