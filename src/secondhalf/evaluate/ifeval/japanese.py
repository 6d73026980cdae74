"""What Japanese instructions need of a text: its words by Janome, its sentences, and the text without quotations."""

import re
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple

from secondhalf import install
from secondhalf.errors import UserError

# Lines are joined after の until they are this long: without a bound the work would grow with the square of the text.
_LONGEST_JOIN = 10_000


class TaggedWord(NamedTuple):
    """A word as it is written, and its part of speech in IPADIC's terms (名詞,一般,...)."""

    surface: str
    kind: str


@lru_cache(maxsize=16)
def tag_words(text: str) -> tuple[TaggedWord, ...]:
    """The words of a text by Janome, whose dictionary the reference uses."""
    return tuple(TaggedWord(token.surface, token.part_of_speech) for token in _janome().tokenize(text))


def surfaces(text: str) -> list[str]:
    """The words as they are written."""
    return [word.surface for word in tag_words(text)]


def count_sentences(text: str) -> int:
    """Sentences by 。!? (full width too) and line ends; within 「」 and parentheses nothing ends, and の joins two lines."""
    try:
        from ja_sentence_segmenter.concatenate.simple_concatenator import concatenate_matching
        from ja_sentence_segmenter.normalize.neologd_normalizer import normalize
        from ja_sentence_segmenter.split.simple_splitter import split_newline, split_punctuation
    except ImportError as error:
        raise _missing("ja-sentence-segmenter") from error
    join = partial(
        concatenate_matching,
        former_matching_rule=r"^.+の$",
        remove_former_matched=False,
        max_concatenate_length=_LONGEST_JOIN,
    )
    return sum(1 for _ in split_punctuation(join(split_newline(normalize(text)))))


def without_quotations(text: str) -> str:
    """The text without 「...」 and then without 『...』 that close on their own line."""
    for opening, closing in ("「」", "『』"):
        # One pass: a mark that is never closed takes the rest of its line along, and gives it back.
        text = re.sub(f"{opening}[^{closing}\n]*({closing})?", lambda match: "" if match[1] else match[0], text)
    return text


@cache
def _janome() -> Any:
    try:
        from janome.tokenizer import Tokenizer
    except ImportError as error:
        raise _missing("janome") from error
    return Tokenizer()


def _missing(package: str) -> UserError:
    return UserError(f"M-IFEval Japanese needs {install.extra('ifeval')} ({package} is missing).")
