"""What replies are to a student before it is taught them: two figures that foretell what training will do.

Figures, one value a pair (a Score each), over the reply's tokens with its prompt before it, in nats a token:
    reply_loss      cross-entropy under the untouched student; its exponent is the data's perplexity, which foretold how well
                    models came out of fine-tuning (arXiv 2506.14681, over a thousand of them)
    reply_surprise  cross-entropy less the entropy of the student's own distribution at the same tokens: 0 on average for what
                    the student would say itself. What surprises it makes it forget (arXiv 2501.14315)
"""

import pyarrow as pa

from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.weights.context_length import max_context
from secondhalf.rows import Pair, Score, digest, from_table, to_table
from secondhalf.store import Stage

PERPLEXITY_VERSION = (1,)


def measure_replies(
    model: StudentModel, template: Template, pairs: pa.Table, most: int, seed: int, stage: Stage, label: str
) -> dict[str, int]:
    """Writes the scores of the first `most` pairs by hash, so that a larger number contains a smaller one's pairs.

    The student answers as it is: no adapter. Left out, and counted as `left_out`, are replies without a token and pairs that
    do not fit into the student's context. Returns the counts for the manifest.
    """
    rows = sorted(from_table(Pair, pairs), key=lambda pair: digest("replies", str(seed), pair.id))[:most]
    limit = max_context(model.model)
    encoded = {
        pair.id: (
            template.encode_prompt(model.tokenizer, pair.prompt),
            template.encode_response(model.tokenizer, pair.response, ended=False),
        )
        for pair in sorted(rows, key=lambda pair: pair.id)
    }
    fitting = {
        id: (before, reply)
        for id, (before, reply) in encoded.items()
        if reply and (limit is None or len(before) + len(reply) <= limit)
    }
    sums = model.loglikelihood([*fitting.values()], label=label)
    entropies = [entropy for entropy, _ in model.divergence([*fitting.values()], label=f"{label}, entropy")]
    scores: list[Score] = []
    for id, (total, tokens), entropy in zip(fitting, sums, entropies, strict=True):
        scores += [Score(id, "reply_loss", -total / tokens), Score(id, "reply_surprise", -total / tokens - entropy)]
    stage.write("part", 0, to_table(Score, scores))
    return {"rows_in": pairs.num_rows, "rows": len(fitting), "left_out": len(rows) - len(fitting)}
