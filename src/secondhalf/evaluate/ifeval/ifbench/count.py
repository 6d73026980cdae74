"""How many words, names, numbers and signs."""

import re

from secondhalf.evaluate.ifeval.ifbench.text import remove_signs, strip_signs

_CONJUNCTIONS = {"and", "but", "for", "nor", "or", "so", "yet"}
_THE_PRONOUNS = (
    "i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her "
    "hers herself it its itself they them their theirs themselves"
)
_PRONOUNS = set(_THE_PRONOUNS.split())
# The fifty names of the prompts.
_THE_NAMES = (
    "Emma Liam Sophia Jackson Olivia Noah Ava Lucas Isabella Mason Mia Ethan Charlotte Alexander Amelia Benjamin "
    "Harper Leo Zoe Daniel Chloe Samuel Lily Matthew Grace Owen Abigail Gabriel Ella Jacob Scarlett Nathan Victoria "
    "Elijah Layla Nicholas Audrey David Hannah Christopher Penelope Thomas Nora Andrew Aria Joseph Claire Ryan "
    "Stella Jonathan"
)
_NAMES = _THE_NAMES.split()
_JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


def word_count_range(response: str, *, min_words: int, max_words: int) -> bool:
    """Words, as runs of letters and digits, within the range, both ends included."""
    return min_words <= len(re.findall(r"\w+", response)) <= max_words


def unique_word_count(response: str, *, N: int) -> bool:
    """At least so many different words; case and signs around them make no difference."""
    return len({strip_signs(word) for word in response.lower().split()}) >= N


def conjunctions(response: str, *, small_n: int) -> bool:
    """At least so many different coordinating conjunctions; And, and, and "and," count as three."""
    return len({word for word in response.split() if strip_signs(word).lower() in _CONJUNCTIONS}) >= small_n


def person_names(response: str, *, N: int) -> bool:
    """At least so many of fifty given names, within words too."""
    return sum(name in response for name in _NAMES) >= N


def numbers(response: str, *, N: int) -> bool:
    """Exactly so many runs of digits once signs are taken out: 3.5 is one."""
    return len(re.findall(r"\d+", remove_signs(response))) == N


def pronouns(response: str, *, N: int) -> bool:
    """At least so many personal pronouns, repeats included."""
    return sum(word in _PRONOUNS for word in remove_signs(response.replace("/", " ").lower()).split()) >= N


def punctuation(response: str) -> bool:
    """An interrobang (!?, ?! or ‽), and apart from it every one of . , ! ? ; :"""
    if not any(sign in response for sign in ("!?", "?!", "‽")):
        return False
    rest = response.replace("?!" if "?!" in response else "!?", "", 1)
    return set(".,!?;:") <= set(rest)


def words_japanese(response: str, *, N: int) -> bool:
    """Every Nth word has a Japanese character; numbers and lone signs are passed over."""
    nth_words = [strip_signs(word) for word in response.split()][N - 1 :: N]
    return all(_JAPANESE.search(word) for word in nth_words if word and not word.isdigit())


def keywords_multiple(
    response: str, *, keyword1: str, keyword2: str, keyword3: str, keyword4: str, keyword5: str
) -> bool:
    """The keywords once, twice, three, five and seven times, within words too."""
    wanted = zip((keyword1, keyword2, keyword3, keyword4, keyword5), (1, 2, 3, 5, 7), strict=True)
    return all(response.lower().count(keyword.strip().lower()) == times for keyword, times in wanted)
