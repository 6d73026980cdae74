"""Documents into pairs: the first half of each becomes the pseudo-instruction (paper, section 3)."""

import json
from collections.abc import Callable
from functools import partial

import pyarrow as pa

from secondhalf.extensions.function import RowError, load_function
from secondhalf.extensions.path import is_path
from secondhalf.rows import Document, Pair, Verdict, digest, from_table, to_table, with_reasons
from secondhalf.split.cut import find_cut
from secondhalf.split.rules import Boundaries
from secondhalf.split.settings import RULE_FIELD, RULES, TOKENS, SplitSettings
from secondhalf.split.tokens import load_token_ends, token_boundaries
from secondhalf.split.user_rule import make_user_rule
from secondhalf.store.mapper import ShardTables

SPLIT_VERSION = (1,)


def split_documents(documents: pa.Table, settings: SplitSettings) -> ShardTables:
    """Documents in; pairs without a response yet, rejected documents and a verdict on every document out.

    Rows stay in their order, and prompt + original is the document's text, exactly. A verdict's score is the prompt's
    share of the text in the rule's units, 0 to 1; its span is the prompt. A rule of the user's has a verdict too, by its path:
    the number of its boundaries, or what it did wrong with the text. Raises UserError when the rule `tokens` has
    no tokenizer to count with, and for a user's rule that is not there or gives no boundaries.

    >>> import secondhalf
    >>> from secondhalf.rows import Document, to_table
    >>> text = "The river rose in March. The fields were under water for a week. In April the dykes were mended."
    >>> settings = secondhalf.Recipe().split.model_copy(update={"min_prompt_words": 5, "min_original_words": 5})
    >>> documents = to_table(Document, [Document("one", text, "by hand")])
    >>> pairs, rejects, verdicts = secondhalf.split_documents(documents, settings)
    >>> pairs.column("prompt").to_pylist()
    ['The river rose in March. The fields were under']
    """
    boundaries_of, suffix = _boundary_function(settings), "-" + settings_digest(settings)
    pairs: list[Pair] = []
    refused: list[Document] = []
    verdicts: list[Verdict] = []
    for document in from_table(Document, documents):
        text = document.text
        try:
            boundaries = boundaries_of(text)
        except RowError as error:
            verdicts.append(Verdict(document.id, settings.rule, False, 0.0, str(error)))
            refused.append(document)
            continue
        if is_path(settings.rule):
            verdicts.append(Verdict(document.id, settings.rule, True, float(len(boundaries))))
        result = find_cut(text, boundaries, settings)
        start = 0 if result.offset >= 0 else -1
        verdict = Verdict(document.id, "split", not result.refusal, result.share, result.refusal, start, result.offset)
        verdicts.append(verdict)
        if result.refusal:
            refused.append(document)
            continue
        prompt, original = text[: result.offset], text[result.offset :]
        pairs.append(Pair(document.id + suffix, document.id, settings.rule, document.language, prompt, original))
    reasons = [verdict for verdict in verdicts if not verdict.passed]
    return to_table(Pair, pairs), with_reasons(to_table(Document, refused), reasons), to_table(Verdict, verdicts)


def _boundary_function(settings: SplitSettings) -> Callable[[str], Boundaries]:
    if settings.rule == TOKENS:
        return partial(token_boundaries, ends=load_token_ends(settings.tokenizer))
    if is_path(settings.rule):
        return make_user_rule(load_function(settings.rule, RULE_FIELD))
    return RULES[settings.rule]


def settings_digest(settings: SplitSettings) -> str:
    """Six hex digits that tell one split from another in the ids of its pairs; a user's rule counts with its source."""
    source = [load_function(settings.rule, RULE_FIELD).source] if is_path(settings.rule) else []
    return digest(json.dumps(settings.deciding("split"), sort_keys=True, separators=(",", ":")), *source, size=6)
