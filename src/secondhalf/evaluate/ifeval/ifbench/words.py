"""Rules for the words one after another."""

import re
import string
from collections import Counter
from functools import cache
from itertools import pairwise
from typing import Any

from secondhalf import install
from secondhalf.errors import UserError
from secondhalf.evaluate.ifeval.english import tokenize
from secondhalf.evaluate.ifeval.ifbench.text import remove_signs, split_sentences, strip_signs

_PRIMES = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97}
_TWO_CONSONANTS = re.compile("[bcdfghjklmnpqrstvwxyz]{2}")


def alphabet(response: str) -> bool:
    """Each word begins with the letter after the one before it; after z comes a."""
    first = [word[0].lower() for word in remove_signs(response).split()]
    letters = string.ascii_lowercase
    if not first or first[0] not in letters:
        return False
    start = letters.index(first[0])
    return all(letter == letters[(start + index) % 26] for index, letter in enumerate(first))


def vowel(response: str) -> bool:
    """One paragraph with at most three different vowels."""
    text = response.strip().lower()
    return "\n" not in text and len(set("aeiou") & set(text)) <= 3


def consonants(response: str) -> bool:
    """Every word has two consonants together."""
    return all(_TWO_CONSONANTS.search(word) for word in response.lower().split())


def palindrome(response: str) -> bool:
    """Ten palindromes of five letters or more."""
    words = remove_signs(response).lower().split()
    return sum(len(word) >= 5 and word == word[::-1] for word in words) >= 10


def prime_lengths(response: str) -> bool:
    """The length of every word is a prime below a hundred."""
    return all(len(word) in _PRIMES for word in remove_signs(response).split())


def start_verb(response: str) -> bool:
    """The first word is a verb to NLTK's tagger, whose model no package carries."""
    tokens = tokenize(response)
    return bool(tokens) and "VB" in _tagger()(tokens)[0][1]


def repeats(response: str, *, small_n: int) -> bool:
    """No word occurs more often than that."""
    return max(Counter(remove_signs(response.lower()).split()).values(), default=0) <= small_n


def odd_even_syllables(response: str) -> bool:
    """Words with an odd and an even number of syllables take turns."""
    odd = [_syllables()(word) % 2 for word in remove_signs(response).lower().split()]
    return all(before != after for before, after in pairwise(odd))


def last_first(response: str) -> bool:
    """Each sentence begins with the last word of the one before it."""
    edges = string.punctuation + " "
    sentences = [sentence.lower() for sentence in split_sentences(response)]
    pairs = [(before.rstrip(edges).split(), after.lstrip(edges).split()) for before, after in pairwise(sentences)]
    return all(before and after and before[-1] == after[0] for before, after in pairs)


def paragraph_last_first(response: str) -> bool:
    """Each line begins and ends with the same word."""
    lines = [strip_signs(line.strip().lower()).split() for line in response.split("\n") if line.strip()]
    return all(words and words[0] == words[-1] for words in lines)


def no_consecutive(response: str) -> bool:
    """No two words in a row begin with the same letter."""
    words = remove_signs(response.lower()).split()
    return all(before[0] != after[0] for before, after in pairwise(words))


def keywords_specific_position(response: str, *, keyword: str, n: int, m: int) -> bool:
    """The mth word of the nth sentence is the keyword; signs are words of their own."""
    sentences = split_sentences(response)
    words = tokenize(sentences[n - 1]) if len(sentences) >= n else []
    return len(words) >= m and words[m - 1] == keyword.strip()


def words_position(response: str, *, keyword: str) -> bool:
    """The second word and the last but one are the keyword; signs are words of their own."""
    words = tokenize(response)
    return len(words) >= 2 and words[1] == words[-2] == keyword.strip()


@cache
def _syllables() -> Any:
    try:
        import syllapy
    except ImportError as error:
        raise UserError(f"IFBench needs {install.extra('ifeval')} (syllapy is missing).") from error
    return syllapy.count


@cache
def _tagger() -> Any:
    mend = f"{install.packages('nltk')} and `python -m nltk.downloader averaged_perceptron_tagger_eng`"
    try:
        import nltk

        nltk.pos_tag(["Run"])
    except (ImportError, LookupError) as error:
        raise UserError(f"words:start_verb needs NLTK's tagger: {mend}.") from error
    return nltk.pos_tag
