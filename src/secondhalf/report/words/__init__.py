"""The page's words, one language a file, under the same keys. Corpus text never takes part in a format string."""

from collections.abc import Mapping

from secondhalf.report.words.en import WORDS as _EN
from secondhalf.report.words.ja import WORDS as _JA
from secondhalf.report.words.reasons import reason as reason

WORDS: dict[str, dict[str, str]] = {"en": _EN, "ja": _JA}


def label(words: Mapping[str, str], kind: str, name: str) -> str:
    """The word for a stage, figure or check that the page knows; what it does not know keeps its own name."""
    return _known(words, kind, name) or name


def headed(words: Mapping[str, str], kind: str, name: str) -> str:
    """The word as it stands at the head of a line; a name that the page does not know stays as it is written."""
    word = _known(words, kind, name)
    return name if word is None else word[:1].upper() + word[1:]


def _known(words: Mapping[str, str], kind: str, name: str) -> str | None:
    # A filter of many rules names the rule after a dot, one of many kinds the kind after a blank: the filter has a word.
    return words.get(f"{kind}_{name}") or words.get(f"{kind}_{name.partition('.')[0].partition(' ')[0]}")


def fill(words: str, **values: object) -> str:
    """A phrase with its places filled. `one|many` chooses by `n`, which comes as it is counted."""
    one, _, many = words.partition("|")
    return (many if many and values.get("n") not in (1, "1") else one).format(**values)
