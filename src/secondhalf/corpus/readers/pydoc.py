"""The topics of Python's language reference, which every CPython carries (PSF licence)."""

import re
from collections.abc import Iterator

from secondhalf.corpus.readers.items import ReadText, Refused, Shard
from secondhalf.corpus.settings import CorpusSettings

_RULE = re.compile(r"^([*=\-~^\"]{4,})$", re.MULTILINE)
# The topics are wrapped at 70 columns: a line that starts a word goes on from the line before it.
_WRAP = re.compile(r"(?<=\S)\n(?=[^\s*>#\-.])")


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """Yields each topic's text without the rules under its titles and without line wraps, and its name."""
    from pydoc_data.topics import topics

    for name in sorted(topics):
        yield ReadText(_WRAP.sub(" ", _RULE.sub("", topics[name])).strip(), f"pydoc:{name}")
