"""How familiar an arm's replies were to its student before training: two figures that foretell what training does."""

import math

from secondhalf import statistics
from secondhalf.analysis.facts import Figure
from secondhalf.analysis.tables import RunTables
from secondhalf.runs import Label


def before_training(arm: str, tables: RunTables) -> dict[str, Figure | None]:
    """`perplexity` and `surprise` of an arm's replies under the untouched student; None where the recipe measured none."""
    label = Label("perplexity", arm=arm)
    scores = tables.scores_of(label) if label in tables else {}
    loss, surprise = (list(scores.get(name, {}).values()) for name in ("reply_loss", "reply_surprise"))
    if len(loss) < 2:
        return {"perplexity": None, "surprise": None}
    mean, above = statistics.estimate(loss), statistics.estimate(surprise)
    return {
        "perplexity": Figure(
            name="perplexity",
            unit="count",
            # The exponent grows with its argument, so an interval stays one.
            mean=math.exp(mean.mean),
            low=math.exp(mean.low),
            high=math.exp(mean.high),
            prompts=mean.prompts,
        ),
        "surprise": Figure(
            name="surprise", unit="nats", mean=above.mean, low=above.low, high=above.high, prompts=above.prompts
        ),
    }
