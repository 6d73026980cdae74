"""Which way a constraint moves a model: the share of minimal pairs where it moves likelihood towards the answer that keeps it.

Of one pair, with log-likelihoods of whole answers in nats:

    (kept | prompt) - (broken | prompt)  -  [ (kept | plain) - (broken | plain) ]  > 0

`plain` is the prompt without its constraint, so what makes one answer likelier than the other anyhow (its words, its length,
its topic, the template, how sharp the model is) stands on both sides. By sign, as a sum would follow the sharpness. The
constraints come in opposite pairs, so what always prefers one of two answers, or copies the prompt's words, gets 50 %.

A pair counts 1, 0, or 0.5 where nothing moves. Figures, a Score each:

    minimal_pairs  the mean over a topic's pairs in one language: pairs of one topic share texts, so topics are what is resampled
    minimal_pair   the mean over a topic's pairs of one kind of constraint, for results by kind
"""

from collections.abc import Sequence

import pyarrow as pa

from secondhalf.evaluate.minimal_pairs.build import load_minimal_pairs
from secondhalf.evaluate.minimal_pairs.pairs import BY_KIND, MinimalPair, minimal_pairs_part
from secondhalf.evaluate.settings import EvaluateSettings
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.rows import Score, digest
from secondhalf.store import Stage

PREFERENCES = pa.schema([("id", pa.string()), ("constrained", pa.float64()), ("plain", pa.float64())])


def select_minimal_pairs(settings: EvaluateSettings) -> list[MinimalPair]:
    """The pairs of the part and languages, ordered by id; a limit takes the first by hash, opposite ones together, so that a
    larger one contains them."""
    limits = [limit for limit in (settings.minimal_pairs, settings.limit) if limit is not None]
    languages = settings.languages or ["en", "ja"]
    pairs = [pair for pair in minimal_pairs_part(load_minimal_pairs(), settings.part) if pair.language in languages]
    first = sorted(pairs, key=lambda pair: (digest(pair.id[:-1]), pair.id))[: min(limits, default=None)]
    return sorted(first, key=lambda pair: pair.id)


def score_minimal_pairs(
    model: StudentModel, template: Template, pairs: Sequence[MinimalPair], stage: Stage, label: str
) -> list[Score]:
    """Writes the preferences- table: by how many nats the kept answer is likelier, with the constraint and without."""
    if not pairs:
        return []
    if not stage.has("preferences", 0):
        stage.write("preferences", 0, _preferences(model, template, pairs, label))
    moves = {row["id"]: moved(row["constrained"], row["plain"]) for row in stage.read("preferences").to_pylist()}
    means: dict[tuple[str, str], list[float]] = {}
    for pair in pairs:
        means.setdefault((f"{pair.language}-{pair.topic}", "minimal_pairs"), []).append(moves[pair.id])
        means.setdefault((unit_of_kind(pair), BY_KIND), []).append(moves[pair.id])
    return [Score(id, figure, sum(values) / len(values)) for (id, figure), values in means.items()]


def unit_of_kind(pair: MinimalPair) -> str:
    """What `minimal_pair` has a value for: a language, a kind of constraint and a topic."""
    return f"{pair.language}-{pair.kind}-{pair.topic}"


def moved(constrained: float, plain: float) -> float:
    """1 where the kept answer gained on the broken one by the constraint, 0 where it lost, 0.5 where neither."""
    return 0.5 if constrained == plain else float(constrained > plain)


def _preferences(model: StudentModel, template: Template, pairs: Sequence[MinimalPair], label: str) -> pa.Table:
    encoded = [
        (
            template.encode_prompt(model.tokenizer, text),
            template.encode_response(model.tokenizer, answer, ended=True),
        )
        for pair in pairs
        for text in (pair.prompt, pair.plain)
        for answer in (pair.kept, pair.broken)
    ]
    sums = [total for total, _ in model.loglikelihood(encoded, label=f"{label} minimal pairs")]
    rows = [
        {"id": pair.id, "constrained": sums[4 * n] - sums[4 * n + 1], "plain": sums[4 * n + 2] - sums[4 * n + 3]}
        for n, pair in enumerate(pairs)
    ]
    return pa.Table.from_pylist(rows, schema=PREFERENCES)
