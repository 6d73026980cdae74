"""datatrove's side of clean.py and agree.py; runs in datatrove's environment.

python datatrove_filters.py verdicts FILE   each filter on each document by itself
python datatrove_filters.py every FILE      seconds of every filter on each document
python datatrove_filters.py until FILE      seconds where a document is done with the first filter that refuses it
"""

import json
import sys
import time
from importlib.metadata import version

from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)
from datatrove.pipeline.formatters import PIIFormatter

FILTERS = {
    "gopher_repetition": GopherRepetitionFilter(),
    "gopher_quality": GopherQualityFilter(),
    "c4": C4QualityFilter(),
    "fineweb": FineWebQualityFilter(),
}


def verdict(name: str, text: str) -> str:
    """Empty when the document passes, else the reason."""
    try:
        result = FILTERS[name].filter(Document(text=text, id="0"))
    except ZeroDivisionError:
        return "error"
    return "" if result is True else result[1] if isinstance(result, tuple) else "refused"


def chain(texts: list[str], order: list[str], *, until: bool) -> int:
    """The filters in their order on every document, and then personal data; how many pass all. `until`: a document that a filter
    refuses goes no further, as in datatrove's pipelines."""
    personal = PIIFormatter()
    passed = 0
    for text in texts:
        document = Document(text=text, id="0")
        results = (FILTERS[name].filter(document) is True for name in order)
        kept = all(results) if until else all(list(results))
        if kept or not until:
            document.text = personal.format(document.text)
        passed += kept
    return passed


def cheapest(texts: list[str]) -> list[str]:
    """The order that takes the least time when refused documents leave early. Of the orders two have the same result: C4 changes
    the text that FineWeb's filter reads, and Gopher's read it whole."""
    seconds = {}
    for order in (list(FILTERS), [*list(FILTERS)[1::-1], *list(FILTERS)[2:]]):
        start = time.process_time()
        chain(texts, order, until=True)
        seconds[tuple(order)] = time.process_time() - start
    return list(min(seconds, key=seconds.get))


def main() -> None:
    mode, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        texts = [json.loads(line) for line in file]
    versions = {name: version(name) for name in ("datatrove", "spacy")}
    if mode == "verdicts":
        print(
            json.dumps({"verdicts": {n: [verdict(n, text) for text in texts] for n in FILTERS}, "versions": versions})
        )
        return
    warm_up, texts = texts[:50], texts[50:]
    chain(warm_up, list(FILTERS), until=False)
    order = cheapest(warm_up) if mode == "until" else list(FILTERS)
    start = time.process_time()
    passed = chain(texts, order, until=mode == "until")
    seconds = time.process_time() - start
    print(
        json.dumps(
            {"documents": len(texts), "passed": passed, "seconds": seconds, "order": order, "versions": versions}
        )
    )


if __name__ == "__main__":
    main()
