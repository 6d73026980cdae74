"""datatrove's side of clean.py and agree.py; runs in datatrove's environment.

python datatrove_filters.py verdicts FILE   each filter on each document by itself
python datatrove_filters.py speed FILE      the chain, each document until a filter refuses it, and all of them
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


def chain(texts: list[str]) -> int:
    """Every filter on every document, as ours does it; how many pass all."""
    personal = PIIFormatter()
    passed = 0
    for text in texts:
        document = Document(text=text, id="0")
        results = [filter_.filter(document) for filter_ in FILTERS.values()]
        document.text = personal.format(document.text)
        passed += all(result is True for result in results)
    return passed


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
    chain(texts[:50])
    start = time.process_time()
    passed = chain(texts[50:])
    seconds = time.process_time() - start
    print(json.dumps({"documents": len(texts) - 50, "passed": passed, "seconds": seconds, "versions": versions}))


if __name__ == "__main__":
    main()
