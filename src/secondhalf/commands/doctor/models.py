"""Whether a recipe's models are there, and its servers answer. Nothing is fetched: a hub model is only named."""

from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from secondhalf.audit.pair_judge import PairJudgeSettings
from secondhalf.baselines.instructions import instruction_files
from secondhalf.baselines.settings import MagpieSettings
from secondhalf.commands.doctor.finding import Finding
from secondhalf.commands.doctor.servers import try_server
from secondhalf.errors import UserError
from secondhalf.evaluate.judge.settings import AnswerJudgeSettings
from secondhalf.models.chat.rendering import own_template
from secondhalf.models.chat.student_check import check_student
from secondhalf.models.chat.template import Template
from secondhalf.models.reference import check_placed, resolve, split_engine
from secondhalf.models.server.settings import ServerSettings
from secondhalf.models.weights.load import load_tokenizer
from secondhalf.models.weights.size import known_students, size_of
from secondhalf.recipe import Recipe
from secondhalf.recipe.arms import ARM, DataSettings
from secondhalf.teach.draft import DraftSettings
from secondhalf.teach.judge import ReplyJudgeSettings
from secondhalf.teach.models import REPLAY, replay_path
from secondhalf.teach.settings import TeachSettings

AskServer = Callable[[str, str, ServerSettings], Finding]
"""What is asked, the model's name and its servers in; the finding out."""
WriterSettings = TeachSettings | MagpieSettings | DraftSettings
"""The settings of one model that writes for a data set."""


def models(recipe: Recipe, *, offline: bool = False) -> list[Finding]:
    """Every teacher, judge and student. `offline`: no server is asked, its key alone is looked for."""
    results: dict[str, Finding] = {}

    def ask(what: str, model: str, settings: ServerSettings) -> Finding:
        """Two data sets may have one teacher, whose token is paid for once."""
        if not settings.urls and settings.replicas:
            started = f"{model}: {settings.replicas.number} replicas, which the run starts on its cluster"
            return Finding(what, started, True)
        key = f"{model} {settings.model_dump_json()}"
        if key not in results:
            results[key] = (_look_for_key if offline else try_server)(what, model, settings)
        return replace(results[key], what=what)

    teachers = [finding for name, data in recipe.data.items() for finding in _sources(name, data, recipe, ask)]
    teachers += [
        _judge(f"judge {judge.model.partition('#')[0]}", judge, ask) for judge in recipe.evaluate.judging.judges
    ]
    return teachers + [_student(name, reference, recipe) for name, reference in recipe.students.items()]


def _student(name: str, reference: str, recipe: Recipe) -> Finding:
    """Whether a student is there, and could be trained and asked under the templates of its arms."""
    what = f"student {name}"
    if reference.startswith(ARM):
        return Finding(what, f"the arm {reference.removeprefix(ARM)}, merged when it is trained", True)
    finding = _model(what, reference)
    if not finding.ready or find_spec("transformers") is None:
        return finding
    try:
        for template in {arm.train.template for arm in recipe.arms.values() if arm.student == name}:
            _check_template(reference, template)
    except UserError as error:
        return Finding(what, str(error), False)
    return finding


def _check_template(reference: str, template: Template) -> None:
    """Raises UserError where a student that is a folder here does not go with a template. A GGUF is not converted for that."""
    folder = None if reference.startswith("hf:") else resolve(reference).path
    if folder and folder.is_dir():
        check_student(folder, template)


def _sources(name: str, data: DataSettings, recipe: Recipe, ask: AskServer) -> list[Finding]:
    """Where a data set's replies come from: servers, models of this machine, or a file of instruction data."""
    if data.instructions:
        try:
            files = len(instruction_files(data.instructions))
            return [Finding(f"data {name}", f"{files} files of instruction data", True)]
        except UserError as error:
            return [Finding(f"data {name}", str(error), False)]
    return _judges(name, data, ask) + [
        ask(f"{what} of {name}", writer.model, writer.server)
        if _served(writer)
        else _model(f"{what} of {name}", _file_of(writer, recipe))
        for what, writer in _writers(data)
    ]


def _judges(name: str, data: DataSettings, ask: AskServer) -> list[Finding]:
    """The models that look at a data set's replies."""
    findings = []
    if data.taught and data.teach.choose == "judge" and data.teach.judge.model:
        findings.append(_judge(f"judge of {name}", data.teach.judge, ask))
    asked = {"instruction_judge": data.audit.instruction_judge, "contradiction": data.audit.contradiction}
    findings += [_judge(f"audit.{field} of {name}", judge, ask) for field, judge in asked.items() if judge]
    return findings


def _writers(data: DataSettings) -> list[tuple[str, WriterSettings]]:
    """Every model that writes for a data set, and what it is."""
    if data.magpie:
        return [("model", data.magpie)]
    teachers: list[tuple[str, WriterSettings]] = [
        (f"teacher {name}".strip(), one) for name, one in data.teach.by_teacher().items()
    ]
    return [*teachers, ("draft", data.teach.draft)] if data.teach.drafts and data.teach.draft else teachers


def _file_of(writer: WriterSettings, recipe: Recipe) -> str:
    """A model's reference; the drafter's may be a student's name."""
    return recipe.students.get(writer.model, writer.model) if isinstance(writer, DraftSettings) else writer.model


def here(recipe: Recipe) -> list[str]:
    """The models that are asked on this machine."""
    return [model for together in here_together(recipe) for model in together]


def here_together(recipe: Recipe) -> list[list[str]]:
    """The models that are asked on this machine, those of one data set together: they are in memory at once."""
    return [
        list(dict.fromkeys(_file_of(writer, recipe) for _, writer in _writers(data) if not _served(writer)))
        for data in recipe.data.values()
        if not data.instructions
    ]


def _served(settings: WriterSettings) -> bool:
    """Whether the teacher is behind a server; a control takes the servers over and asks nobody."""
    return settings.server.served and settings.model != "original"


def _judge(what: str, judge: ReplyJudgeSettings | AnswerJudgeSettings | PairJudgeSettings, ask: AskServer) -> Finding:
    return ask(what, judge.model, judge.server) if judge.server.served else _model(what, judge.model)


def _look_for_key(what: str, model: str, settings: ServerSettings) -> Finding:
    try:
        settings.key()
    except UserError as error:
        return Finding(what, str(error), False)
    return Finding(what, f"{model} at {', '.join(settings.urls)}, not asked (--offline)", True)


def _model(what: str, reference: str) -> Finding:
    if reference == "original" or reference.startswith("dummy"):
        return Finding(what, f"{reference}: no model needed", True)
    if reference.startswith(REPLAY):
        try:
            return Finding(what, f"the replies in {replay_path(reference)}", True)
        except UserError as error:
            return Finding(what, str(error), False)
    engine, reference = split_engine(reference)
    if reference.startswith("hf:"):
        return Finding(what, f"{reference}: fetched from the hub when it is run{_facts(reference)}", True)
    try:
        check_placed(reference)
        model = resolve(reference)
        if engine == "transformers" and find_spec("transformers"):
            own_template(load_tokenizer(model.path), "teacher")
    except UserError as error:
        return Finding(what, str(error), False)
    return Finding(what, f"{model.path.name}, {_size(model.path) / 1e6:.0f} MB, hash {model.identity[:12]}", True)


def _facts(reference: str) -> str:
    """What is known of a hub student without fetching it."""
    size, facts = size_of(reference), known_students().get(reference.removeprefix("hf:").partition("@")[0])
    if size is None or facts is None:
        return ""
    whose = "the paper's" if facts["paper"] else "our"
    gated = ", its licence is accepted on the hub first" if facts["gated"] else ""
    return f"; {size.parameters / 1e9:.2f} billion weights, {facts['licence']}{gated}, {whose} template {facts['template']}"


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else sum(file.stat().st_size for file in path.glob("*.safetensors"))
