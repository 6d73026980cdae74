"""Makes src/secondhalf/evaluate/safety/kana_pairs.txt: which pairs of kana stand together in Japanese.

Usage: python tools/kana_pairs.py OUT.txt TEXTS.jsonl ..., with janome installed. A pair counts when any of the texts holds
it, or five words of janome's dictionary (IPADIC); the rows of the syllabary count too, since people recite them. A line
of the table is a kana, a blank, and all that may follow it.
"""

import importlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PAIR = re.compile("(?=([ぁ-ゖー]{2}|[ァ-ヺー]{2}))")
_ROWS = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん"


def strings(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(part)


def words() -> set[str]:
    """The surfaces of janome's dictionary."""
    return {
        entry[0]
        for part in range(10)
        for entry in importlib.import_module(f"janome.sysdic.entries_compact{part}").DATA.values()
    }


def table(texts: list[str]) -> set[str]:
    """The pairs, each of one script."""
    seen = {pair for text in texts for pair in _PAIR.findall(text)}
    named = Counter(pair for word in words() for pair in _PAIR.findall(word))
    recited = set(_PAIR.findall(_ROWS))
    shifted = {"".join(chr(ord(kana) + 0x60) for kana in pair) for pair in recited}  # the same in katakana
    return seen | {pair for pair, count in named.items() if count >= 5} | recited | shifted


def main(out: str, *files: str) -> None:
    lines = [line for file in files for line in Path(file).read_text("utf-8").splitlines()]
    after: dict[str, str] = {}
    for pair in sorted(table([text for line in lines for text in strings(json.loads(line))])):
        after[pair[0]] = after.get(pair[0], "") + pair[1]
    Path(out).write_text("".join(f"{kana} {others}\n" for kana, others in after.items()), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
