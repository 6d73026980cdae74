"""Examines one model for what training left in memory and what it drove out. Reads training pairs, as no other stage may.

Figures, one value a pair or document (a Score each); `trained_` is of pairs that were trained on, `held_out_` of others:
    trained_loss, held_out_loss          cross-entropy of the pair's reply, nats a token
    trained_reply, held_out_reply        1 when the greedy answer repeats a long passage of the reply
    trained_original, held_out_original  1 when it repeats one of the document's own second half
    plain_corpus, plain_en, plain_ja     cross-entropy of plain text, nats a token: documents not taught, our own texts

The untouched student is examined too: what it says of these pairs was not learned here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import pyarrow as pa

from secondhalf.evaluate.answers import ANSWERS_VERSION, SamplingOptions, generate_answers, read_answers
from secondhalf.models.chat.plain_text import encode_opening
from secondhalf.models.chat.template import Template
from secondhalf.models.finish import has_ended
from secondhalf.models.generation.student import StudentModel
from secondhalf.probe.leak import leaked_characters
from secondhalf.probe.settings import ProbeSettings
from secondhalf.probe.texts import TEXTS_VERSION, load_texts
from secondhalf.rows import Pair, Score, Verdict, digest, documents_of, from_table, to_table
from secondhalf.store import Stage
from secondhalf.train.settings import TrainSettings
from secondhalf.train.tokens import is_held_out

PROBE_VERSION = (3, *ANSWERS_VERSION, TEXTS_VERSION)

Encoded = tuple[list[int], list[int]]
"""The token ids of what is given, and of what is scored after it."""
_UNTOUCHED: WeakKeyDictionary[StudentModel, tuple[list[Encoded], list[tuple[float, int]]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class ProbePrompt:
    """The prompt of a pair, as `answers` takes it."""

    id: str
    text: str


def sample_pairs(
    pairs: pa.Table, refused: Iterable[str], train: TrainSettings, settings: ProbeSettings
) -> tuple[list[Pair], list[Pair], list[Pair]]:
    """Pairs that were trained on, held-out pairs, and held-out pairs whose documents stand for text that was not taught.

    `refused` are the ids that training refused. Each list is the first by hash, so a larger one contains it.
    """
    excluded = set(refused)
    rows = [pair for pair in from_table(Pair, pairs) if pair.id not in excluded]
    rows.sort(key=lambda pair: digest("probe", str(settings.seed), pair.id))
    held_out = [pair for pair in rows if is_held_out(pair.document, train.held_out)]
    trained = [pair for pair in rows if not is_held_out(pair.document, train.held_out)]
    return trained[: settings.pairs], held_out[: settings.pairs], held_out[: settings.documents]


def probe_model(
    model: StudentModel,
    pairs: pa.Table,
    refused: Iterable[str],
    train: TrainSettings,
    settings: ProbeSettings,
    stage: Stage,
    label: str,
) -> dict[str, Any]:
    """Writes answers-, verdicts- (the longest passage of every answer) and part- (scores) tables; returns the counts.

    `refused` are the ids that training refused.
    """
    template = train.template
    trained, held_out, documents = sample_pairs(pairs, refused, train, settings)
    parts = {"trained": trained, "held_out": held_out}
    prompts = [ProbePrompt(pair.id, pair.prompt) for pair in (*trained, *held_out)]
    # Greedy: what a model says first is what it remembers best.
    generate_answers(
        model,
        template,
        SamplingOptions(settings.max_tokens, 0.0, 0),
        prompts,
        [(model.adapter, stage)],
        f"{label} answers",
    )
    replies = read_answers(stage) if prompts else {}
    scores: list[Score] = []
    verdicts: list[Verdict] = []
    for part, sample in parts.items():
        scores += _losses(model, template, sample, f"{part}_loss", label)
        for pair in sample:
            for name, source in (("reply", pair.response), ("original", pair.original)):
                spans = {"span": settings.span, "span_spaceless": settings.span_spaceless}
                length = leaked_characters(replies[pair.id].text, source, pair.prompt, **spans)
                verdicts.append(Verdict(pair.id, f"{part}_{name}", not length, float(length)))
                scores.append(Score(pair.id, f"{part}_{name}", float(length > 0)))
    if settings.documents:
        whole = dict(zip(pairs.column("id").to_pylist(), documents_of(pairs), strict=True))
        scores += _plain(model, {pair.document: whole[pair.id] for pair in documents}, train.max_length, label)
    stage.write("verdicts", 0, to_table(Verdict, verdicts))
    stage.write("part", 0, to_table(Score, scores))
    tokens = sum(reply.tokens for reply in replies.values())
    return {"rows_in": len(prompts), "rows": len(prompts), "response_tokens": tokens}


def _losses(model: StudentModel, template: Template, pairs: list[Pair], figure: str, label: str) -> Iterator[Score]:
    encoded = []
    for pair in pairs:
        before = template.encode_prompt(model.tokenizer, pair.prompt)
        after = template.encode_response(model.tokenizer, pair.response, ended=has_ended(pair.finish))
        encoded.append((before, after))
    sums = model.loglikelihood(encoded, label=f"{label} losses")
    for pair, (total, tokens) in zip(pairs, sums, strict=True):
        yield Score(pair.id, figure, -total / tokens)


def _plain(model: StudentModel, documents: dict[str, str], max_length: int, label: str) -> Iterator[Score]:
    """Every text from its first token on, no more than `max_length` of them: without a template."""
    texts = [("plain_corpus", id, text) for id, text in documents.items()]
    texts += [(f"plain_{text.language}", text.id, text.text) for text in load_texts()]
    encoded = []
    for _, _, text in texts:
        ids = encode_opening(model.tokenizer, text)
        encoded.append((ids[:1], ids[1:max_length]))
    sums = _known_or_measured(model, encoded, f"{label} plain text")
    for (figure, id, _), (total, tokens) in zip(texts, sums, strict=True):
        if tokens:
            yield Score(id, figure, -total / tokens)


def _known_or_measured(model: StudentModel, encoded: list[Encoded], label: str) -> list[tuple[float, int]]:
    """Every arm asks its untouched student about the same texts: minutes each on two cores, so its last answer is kept."""
    if model.adapter is not None or model.temperature != 1:
        return model.loglikelihood(encoded, label=label)
    texts, sums = _UNTOUCHED.get(model, ([], []))
    if texts != encoded:
        sums = model.loglikelihood(encoded, label=label)
        _UNTOUCHED[model] = (encoded, sums)
    return sums
