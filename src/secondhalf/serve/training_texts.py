"""The texts that an arm was trained on, which it must not recite."""

import logging
from collections.abc import Iterator

from secondhalf.runs import Label, Run
from secondhalf.runs.trained import arm_settings
from secondhalf.serve.checks.recited import RecitedPassages
from secondhalf.serve.settings import ServeSettings

_LOG = logging.getLogger(__name__)


def recited_passages(run: Run, name: str, settings: ServeSettings) -> RecitedPassages | None:
    """The index of an arm's training texts; None where nobody asks for it, or the arm is not trained."""
    out = settings.output
    if out.recited == "off" or not arm_settings(run, name).trained:
        return None
    return RecitedPassages(training_texts(run, name), span=out.recited_span, span_spaceless=out.recited_span_spaceless)


def training_texts(run: Run, name: str) -> Iterator[str]:
    """The replies of an arm's training pairs and the second halves of their documents."""
    chosen, stages = arm_settings(run, name), run.stages()
    composed = Label("compose", arm=name)
    for label in [composed] if composed in stages else [Label("audit", data=data) for data in chosen.data]:
        stage = stages.get(label)
        if stage is None or not stage.whole:
            _LOG.warning(
                "%s is not in the store: its texts are not looked for in answers (check `recited`).", label.title
            )
            continue
        for table in stage.tables():
            for column in ("response", "original"):
                yield from table.column(column).to_pylist()
