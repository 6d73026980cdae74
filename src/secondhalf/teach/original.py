"""The paper's control: the text's own second half as the response (paper, table 2, "original second halves").

Fair against a taught data set: the same ids, each original trimmed to the length of the paired reply, and ended as it
is ended. What differs is then the words alone.
"""

from dataclasses import replace

import pyarrow as pa

from secondhalf.rows import Pair, Verdict, from_table, partition_by_verdicts
from secondhalf.store.mapper import ShardTables
from secondhalf.text.language import count_words, word_spans

ORIGINAL_VERSION = (1,)


def mirror_originals(pairs: pa.Table) -> ShardTables:
    """Pairs of a data set in; the same pairs with their own second halves out. Nothing is rejected.

    A pair without a response (nothing to mirror) gets the whole original, ended.

    >>> import secondhalf
    >>> from secondhalf.rows import Pair, to_table
    >>> pair = Pair("1", "1", "words", "en", "The river rose", " in March and fell in May.", response="and fell.")
    >>> mirrored, rejects, verdicts = secondhalf.mirror_originals(to_table(Pair, [pair]))
    >>> mirrored.column("response").to_pylist(), mirrored.column("teacher").to_pylist()
    (['in March'], ['original'])
    """
    rows = [_with_original(pair) for pair in from_table(Pair, pairs)]
    return partition_by_verdicts(Pair, rows, [[Verdict(row.id, "answered", True, 1.0)] for row in rows])


def _with_original(pair: Pair) -> Pair:
    words = count_words(pair.response) if pair.response else None
    text = trim(pair.original.strip(), words)
    finish = pair.finish or "stop"
    return replace(pair, response=text, teacher="original", finish=finish, prompt_tokens=0, response_tokens=0)


def trim(text: str, words: int | None) -> str:
    """The first `words` words of a text (characters where words have no spaces), as they stand."""
    spans = word_spans(text)
    if words is None or words >= len(spans):
        return text
    return text[: spans[words - 1][1]] if words else ""
