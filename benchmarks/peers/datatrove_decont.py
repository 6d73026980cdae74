"""datatrove's side of audit.py: its n-gram decontamination of pairs; runs in datatrove's environment.

python datatrove_decont.py FILE   the index holds the evaluated texts' n-grams, as its indexer makes them (which needs lighteval)
"""

import json
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
from datatrove.data import Document
from datatrove.pipeline.decont.n_grams import NGramsDecontConfig, NGramsDecontFilter
from datatrove.utils.text import ngrams, simplify_text


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        data = json.load(file)
    documents = [
        Document(text=f"{pair['prompt']} {pair['response']}", id=str(number))
        for number, pair in enumerate(data["pairs"])
    ]
    config = NGramsDecontConfig(find_query_ngrams=True)
    with tempfile.TemporaryDirectory() as folder:
        check = NGramsDecontFilter(folder, config=config)
        hashes = set()
        for text in data["texts"]:
            words = check.tokenizer.word_tokenize(simplify_text(text, config.norm_config))
            hashes |= {check.hash_func(" ".join(gram)) for gram in ngrams(words, config.n_grams)}
        np.array(list(hashes), dtype=config.hash_config.np_descr).tofile(Path(folder) / "evaluated.index.hashes")
        for document in documents[: data["warm_up"]]:
            check.filter(document)
        timed = documents[data["warm_up"] :]
        start = time.process_time()
        passed = sum(check.filter(document) is True for document in timed)
        seconds = time.process_time() - start
    print(json.dumps({"seconds": seconds, "passed": passed, "versions": {"datatrove": version("datatrove")}}))


if __name__ == "__main__":
    main()
