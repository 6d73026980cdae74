"""From a run to the arms that answer: their engines, and what each must answer before the port opens."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.models.chat.template import Template
from secondhalf.models.weights.convert import student_folder
from secondhalf.runs import Label, Run
from secondhalf.runs.trained import arm_settings, find_student, trained_arm
from secondhalf.serve.arms import ServedArm, ServedArms
from secondhalf.serve.checks.texts import TextChecks, load_toxicity
from secondhalf.serve.engines.generation import Engine, ExpectedAnswer
from secondhalf.serve.expected_answers import greedy_answers, stored_answers
from secondhalf.serve.settings import ServeSettings
from secondhalf.serve.training_texts import recited_passages

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class EngineChoice:
    """Where arms are answered that this process's transformers do not answer: arm to address, arm to GGUF file."""

    upstream: Mapping[str, str] = field(default_factory=dict)
    gguf: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _ArmModel:
    """What an arm is made of."""

    folder: Path
    adapter: Path | None
    template: Template
    temperature: float
    seed: int | None
    """The training seed; None for an arm that is not trained."""
    stage: str
    """What determines its answers."""


def load_arms(
    run: Run, shares: Mapping[str, float], seed: int | None, settings: ServeSettings, choice: EngineChoice
) -> ServedArms:
    """The arms, ready to answer.

    Raises UserError for an arm that is none, is not trained, or whose adapter does not fit its base.
    """
    models = {name: _arm_model(run, name, seed) for name in shares}
    toxicity = load_toxicity(settings)
    arms = {}
    for name, model in models.items():
        checks = TextChecks(settings, recited_passages(run, name, settings), toxicity)
        expected = _expected(run, name, model, own_engine=name not in {*choice.upstream, *choice.gguf})
        arms[name] = ServedArm(name, _engine(name, model, settings, choice), checks, expected)
    return ServedArms(run.folder.name, arms, shares)


def _arm_model(run: Run, name: str, seed: int | None) -> _ArmModel:
    chosen = arm_settings(run, name)
    temperature = chosen.temperature if chosen.temperature != "fitted" else _fitted(run, name)
    if chosen.trained:
        trained = trained_arm(run, name, seed)
        folder, adapter = trained.model or trained.base, trained.adapter
        return _ArmModel(folder, adapter, trained.template, temperature, trained.seed, trained.stage.replace("/", "-"))
    student = find_student(run, chosen.student)
    folder = student_folder(student.path, student.identity)
    return _ArmModel(folder, None, chosen.train.template, temperature, None, student.identity[:32])


def _fitted(run: Run, name: str) -> float:
    stage = run.stages().get(Label("temperature", arm=name))
    if stage is None or not stage.whole:
        raise UserError(f"The temperature of the arm {name} is fitted by `secondhalf evaluate`: run that first.")
    return float(stage.manifest["temperature"])


def _expected(run: Run, name: str, model: _ArmModel, *, own_engine: bool) -> list[ExpectedAnswer]:
    if not own_engine:
        kept = run.folder / "serve" / f"expected-{name}-{model.stage}.json"
        return greedy_answers(model.folder, model.adapter, model.template, kept)
    expected = stored_answers(run, name, model.seed)
    if not expected:
        _LOG.warning("The run has no answers of the arm %s to hold it to: evaluate it first to have it checked.", name)
    return expected


def _engine(name: str, model: _ArmModel, settings: ServeSettings, choice: EngineChoice) -> Engine:
    longest, engines, temperature = settings.limits.max_tokens, settings.engines, model.temperature
    if name in choice.upstream:
        from secondhalf.serve.engines.upstream_engine import UpstreamEngine

        address, key = engines.upstream(choice.upstream[name])
        return UpstreamEngine(
            address, key=key, longest=longest, seconds=engines.upstream_seconds, temperature=temperature
        )
    if name in choice.gguf:
        from secondhalf.models.weights.load import load_tokenizer
        from secondhalf.serve.engines.llama_cpp_engine import LlamaCppEngine

        stop_text = model.template.frame(load_tokenizer(model.folder)).stop
        return LlamaCppEngine(
            Path(choice.gguf[name]), longest=longest, slots=engines.slots, context=engines.context, stop_text=stop_text,
            temperature=temperature,
        )  # fmt: skip
    from secondhalf.serve.engines.transformers_engine import TransformersEngine

    return TransformersEngine(model.folder, model.adapter, model.template, temperature=temperature, longest=longest)
