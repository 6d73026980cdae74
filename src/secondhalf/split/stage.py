"""Documents into pairs: the first half of each becomes the pseudo-instruction (paper, section 3)."""

import json
from collections.abc import Callable
from functools import partial

import pyarrow as pa

from secondhalf.rows import Document, Pair, Verdict, digest, from_table, to_table, with_reasons
from secondhalf.split.cut import Boundaries, find_cut
from secondhalf.split.rules import character_boundaries, paragraph_boundaries, word_boundaries
from secondhalf.split.sentences import sentence_boundaries
from secondhalf.split.settings import SplitSettings
from secondhalf.split.tokens import load_token_ends, token_boundaries
from secondhalf.store.mapper import Batch

SPLIT_VERSION = 1

RULES: dict[str, Callable[[str], Boundaries]] = {
    "words": word_boundaries,
    "characters": character_boundaries,
    "sentences": sentence_boundaries,
    "paragraphs": paragraph_boundaries,
}


def split_documents(documents: pa.Table, settings: SplitSettings) -> Batch:
    """Documents in; pairs without a response yet, rejected documents and a verdict on every document out.

    Rows stay in their order, and prompt + original is the document's text, exactly. A verdict's score is the prompt's
    share of the text in the rule's units, 0 to 1; its span is the prompt. Raises UserError when the rule `tokens` has
    no tokenizer to count with.
    """
    boundaries = (
        partial(token_boundaries, ends=load_token_ends(settings.tokenizer))
        if settings.rule == "tokens"
        else RULES[settings.rule]
    )
    suffix = "-" + settings_digest(settings)
    pairs: list[Pair] = []
    refused: list[Document] = []
    verdicts: list[Verdict] = []
    for document in from_table(Document, documents):
        text = document.text
        best = find_cut(text, boundaries(text), settings)
        start = 0 if best.offset >= 0 else -1
        verdict = Verdict(document.id, "split", not best.refusal, best.share, best.refusal, start, best.offset)
        verdicts.append(verdict)
        if best.refusal:
            refused.append(document)
            continue
        prompt, original = text[: best.offset], text[best.offset :]
        pairs.append(Pair(document.id + suffix, document.id, settings.rule, document.language, prompt, original))
    reasons = [verdict for verdict in verdicts if not verdict.passed]
    return to_table(Pair, pairs), with_reasons(to_table(Document, refused), reasons), to_table(Verdict, verdicts)


def settings_digest(settings: SplitSettings) -> str:
    """Six hex digits that tell one split from another in the ids of its pairs."""
    return digest(json.dumps(settings.model_dump(mode="json"), sort_keys=True, separators=(",", ":")), size=6)
