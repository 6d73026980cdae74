"""Shares: stop words, kinds of sentences, overlap with a given text."""

import re

from secondhalf.evaluate.ifeval.ifbench.text import split_sentences

# NLTK's English stop words, as far as they are single words: the scorer cuts at apostrophes.
_THE_STOP_WORDS = (
    "i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers "
    "herself it its itself they them their theirs themselves what which who whom this that these those am is are "
    "was were be been being have has had having do does did doing a an the and but if or because as until while of "
    "at by for with about against between into through during before after above below to from up down in out on "
    "off over under again further then once here there when where why how all any both each few more most other "
    "some such no nor not only own same so than too very s t can will just don should now d ll m o re ve y ain aren "
    "couldn didn doesn hadn hasn haven isn ma mightn mustn needn shan shouldn wasn weren won wouldn"
)
_STOP_WORDS = set(_THE_STOP_WORDS.split())


def stop_words(response: str, *, percentage: int) -> bool:
    """At most so many percent of the words are stop words."""
    words = re.findall(r"\w+", response.lower())
    return bool(words) and sum(word in _STOP_WORDS for word in words) / len(words) * 100 <= percentage


def sentence_type(response: str) -> bool:
    """Twice as many sentences that end in a stop as in a question mark."""
    return _ending(response, ".") == 2 * _ending(response, "?")


def sentence_balance(response: str) -> bool:
    """As many sentences that end in . as in ? and in !"""
    return _ending(response, ".") == _ending(response, "?") == _ending(response, "!")


def overlap(response: str, *, reference_text: str, percentage: int) -> bool:
    """Of the answer's different runs of three characters so many percent stand in the text, give or take two."""
    response_grams, reference_grams = _trigrams(response), _trigrams(reference_text)
    return (
        bool(response_grams)
        and percentage - 2 <= len(response_grams & reference_grams) / len(response_grams) * 100 <= percentage + 2
    )


def sentence_words(response: str) -> bool:
    """Three sentences of equal length in characters. The prompt also asks for different words; the scorer does not look."""
    lengths = [len(sentence) for sentence in split_sentences(response)]
    return len(lengths) == 3 and len(set(lengths)) == 1


def _ending(response: str, sign: str) -> int:
    return sum(sentence.endswith(sign) for sentence in split_sentences(response))


def _trigrams(text: str) -> set[str]:
    return {text[start : start + 3] for start in range(len(text) - 2)}
