"""How many words, letters, sentences and paragraphs."""

import re

from secondhalf.evaluate.ifeval import japanese
from secondhalf.evaluate.ifeval.relation import holds
from secondhalf.evaluate.ifeval.sentences import split_sentences

_DIVIDER = re.compile(r"\s?\*\*\*\s?")


def number_words(response: str, *, num_words: int, relation: str) -> bool:
    r"""Words are runs of letters, digits and underscores: "don't" is two."""
    return holds(len(re.findall(r"\w+", response)), relation, num_words)


def number_letters(response: str, *, num_letters: int, relation: str) -> bool:
    """Every character counts, blanks and line ends too."""
    return holds(len(response), relation, num_letters)


def number_sentences(response: str, *, num_sentences: int, relation: str) -> bool:
    """Sentences by Punkt's English model, which is the reference's."""
    return holds(len(split_sentences(response)), relation, num_sentences)


def japanese_number_sentences(response: str, *, num_sentences: int, relation: str) -> bool:
    """Sentences by 。！？ and line ends, but not within 「」 and parentheses."""
    return holds(japanese.count_sentences(response), relation, num_sentences)


def number_paragraphs(response: str, *, num_paragraphs: int) -> bool:
    """Exactly so many parts between *** dividers; an empty one may only be the first or the last."""
    parts = [part.strip() for part in _DIVIDER.split(response)]
    return all(parts[1:-1]) and len(parts) - (not parts[0]) - (len(parts) > 1 and not parts[-1]) == num_paragraphs


def nth_paragraph_first_word(response: str, *, num_paragraphs: int, nth_paragraph: int, first_word: str) -> bool:
    """Exactly so many parts between blank lines, and the nth begins with the word; quotes before it do not count.

    A word ends at white space or at one of . , ? ! ' " and case makes no difference.
    """
    paragraph = _nth(response, num_paragraphs, nth_paragraph)
    if not paragraph:
        return False
    word = paragraph.split()[0].lstrip("'").lstrip('"')
    return re.split("[.,?!'\"]", word)[0].lower() == first_word.lower()


def japanese_nth_paragraph_first_word(
    response: str, *, num_paragraphs: int, nth_paragraph: int, first_word: str
) -> bool:
    """The same with Japanese quotes, by its first characters: a Japanese word has no blank after it."""
    paragraph = _nth(response, num_paragraphs, nth_paragraph)
    return paragraph.lstrip("「").lstrip("『").startswith(first_word.lower()) if paragraph else False


def _nth(response: str, wanted: int, nth: int) -> str:
    """The nth part, stripped; empty when there is none or the number of parts is another. Empty parts keep their place."""
    parts = [part.strip() for part in response.split("\n\n")]
    count = sum(bool(part) for part in parts)
    return parts[nth - 1] if count == wanted and 0 < nth <= count else ""
