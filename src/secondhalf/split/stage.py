"""Documents into pairs: the first half of each becomes the pseudo-instruction (paper, section 3)."""

import json
from collections.abc import Callable
from functools import partial

import pyarrow as pa

from secondhalf.rows import Document, Pair, Verdict, digest, from_table, to_table, with_reasons
from secondhalf.split.cut import Boundaries, cut
from secondhalf.split.rules import characters, paragraphs, words
from secondhalf.split.sentences import sentences
from secondhalf.split.settings import SplitSettings
from secondhalf.split.tokens import load, tokens
from secondhalf.store.mapper import Batch

SPLIT_VERSION = 1

RULES: dict[str, Callable[[str], Boundaries]] = {
    "words": words,
    "characters": characters,
    "sentences": sentences,
    "paragraphs": paragraphs,
}


def split_documents(documents: pa.Table, settings: SplitSettings) -> Batch:
    """Documents in; pairs without a response yet, rejected documents and a verdict on every document out.

    Rows stay in their order, and prompt + original is the document's text, exactly. A verdict's score is the prompt's
    share of the text in the rule's units, 0 to 1; its span is the prompt. Raises UserError when the rule `tokens` has
    no tokenizer to count with.
    """
    boundaries = partial(tokens, ends=load(settings.tokenizer)) if settings.rule == "tokens" else RULES[settings.rule]
    suffix = "-" + settings_digest(settings)
    pairs: list[Pair] = []
    refused: list[Document] = []
    verdicts: list[Verdict] = []
    for document in from_table(Document, documents):
        text = document.text
        found = cut(text, boundaries(text), settings)
        start = 0 if found.offset >= 0 else -1
        verdict = Verdict(document.id, "split", not found.refusal, found.share, found.refusal, start, found.offset)
        verdicts.append(verdict)
        if found.refusal:
            refused.append(document)
            continue
        prompt, original = text[: found.offset], text[found.offset :]
        pairs.append(Pair(document.id + suffix, document.id, settings.rule, document.language, prompt, original))
    reasons = [verdict for verdict in verdicts if not verdict.passed]
    return to_table(Pair, pairs), with_reasons(to_table(Document, refused), reasons), to_table(Verdict, verdicts)


def settings_digest(settings: SplitSettings) -> str:
    """Six hex digits that tell one split from another in the ids of its pairs."""
    return digest(json.dumps(settings.model_dump(mode="json"), sort_keys=True, separators=(",", ":")), size=6)
