"""From a run to the arms that answer: models, adapters, and the training texts that must not be recited."""

import logging
from collections.abc import Iterator, Mapping

from secondhalf.errors import UserError
from secondhalf.models.weights.convert import student_folder
from secondhalf.runs import Label, Run
from secondhalf.runs.trained import arm_settings, find_student, trained_arm
from secondhalf.serve.arms import ServedArm, ServedArms
from secondhalf.serve.checks.recited import RecitedPassages
from secondhalf.serve.checks.texts import TextChecks, load_toxicity
from secondhalf.serve.engines.transformers_engine import TransformersEngine
from secondhalf.serve.settings import ServeSettings

_LOG = logging.getLogger(__name__)


def load_arms(run: Run, shares: Mapping[str, float], seed: int | None, settings: ServeSettings) -> ServedArms:
    """The arms in memory. Raises UserError for an arm that is none, is not trained, or whose adapter does not fit its base."""
    for name in shares:
        arm_settings(run, name)
    toxicity = load_toxicity(settings)
    arms = {}
    for name in shares:
        checks = TextChecks(settings, _recited(run, name, settings), toxicity)
        arms[name] = ServedArm(name, _engine(run, name, seed, settings), checks)
    return ServedArms(run.folder.name, arms, shares)


def training_seed(run: Run, name: str, seed: int | None) -> int | None:
    """The training seed that answers for an arm: the one that is named, else its first; None for one that is not trained."""
    chosen = arm_settings(run, name)
    if not chosen.trained:
        return None
    return chosen.train.seeds[0] if seed is None else seed


def _engine(run: Run, name: str, seed: int | None, settings: ServeSettings) -> TransformersEngine:
    chosen = arm_settings(run, name)
    if chosen.trained:
        trained = trained_arm(run, name, seed)
        folder, adapter = trained.model or trained.base, trained.adapter
    else:
        student = find_student(run, chosen.student)
        folder, adapter = student_folder(student.path, student.identity), None
    temperature = chosen.temperature if chosen.temperature != "fitted" else _fitted(run, name)
    longest = settings.limits.max_tokens
    return TransformersEngine(folder, adapter, chosen.train.template, temperature=temperature, longest=longest)


def _fitted(run: Run, name: str) -> float:
    stage = run.stages().get(Label("temperature", arm=name))
    if stage is None or not stage.whole:
        raise UserError(f"The temperature of the arm {name} is fitted by `secondhalf evaluate`: run that first.")
    return float(stage.manifest["temperature"])


def _recited(run: Run, name: str, settings: ServeSettings) -> RecitedPassages | None:
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
