"""The arms' answers, a stage for each arm and set of prompts. Arms of one model with one template are asked together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from secondhalf.evaluate.answers import ANSWERS_VERSION, Asked, Drawing, Stages, answers
from secondhalf.evaluate.benchmark_files import load_benchmark
from secondhalf.evaluate.conversation import conversations
from secondhalf.evaluate.everyday import stage as everyday
from secondhalf.evaluate.everyday.prompts import EVERYDAY_VERSION
from secondhalf.evaluate.safety import items as safety
from secondhalf.evaluate.safety.stage import asked as asked_items
from secondhalf.evaluate.settings import BenchmarkSettings, EvaluateSettings
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.runs import Label
from secondhalf.settings import Settings
from secondhalf.steps.arms import Arms, Member
from secondhalf.store import Stage


@dataclass(frozen=True)
class Questions:
    """A set of prompts and how the answers are drawn."""

    name: str
    count: int
    identity: str
    """Of the prompts: their files' hashes, or our version."""
    settings: Mapping[str, object]
    """The settings that decide the answers."""
    ask: Callable[[StudentModel, Template, Stages, str], None]
    """Writes the answers- tables of the stages."""


def of_everyday(settings: EvaluateSettings) -> Questions:
    """The everyday prompts."""
    prompts = everyday.chosen(settings)
    return _singles("everyday", prompts, str(EVERYDAY_VERSION), _drawing(settings), settings)


def of_benchmark(benchmark: BenchmarkSettings, settings: EvaluateSettings) -> Questions:
    """A benchmark's prompts, in two turns where it has them."""
    prompts, identity = load_benchmark(benchmark)
    temperature = benchmark.row.temperature
    drawing = _drawing(settings, benchmark.longest)
    if temperature is None:
        return _singles(benchmark.name, prompts, identity, drawing, benchmark)

    def ask(model: StudentModel, template: Template, stages: Stages, label: str) -> None:
        conversations(model, template, prompts, temperature, drawing.max_tokens, drawing.seed, stages, label)

    # Each prompt has a temperature of its own.
    deciding = {"benchmark": benchmark, **asdict(drawing), "temperature": benchmark.row.version}
    return Questions(benchmark.name, len(prompts), identity, deciding, ask)


def of_safety(settings: EvaluateSettings) -> Questions:
    """Of the set on errors and safety what is asked for an answer."""
    items, identity = safety.items(settings.safety)
    return _singles("safety", asked_items(items), identity, _drawing(settings), settings.safety)


def _drawing(settings: EvaluateSettings, longest: int | None = None) -> Drawing:
    return Drawing(longest or settings.max_tokens, settings.temperature, settings.seed)


def _singles(name: str, prompts: Sequence[Asked], identity: str, drawing: Drawing, settings: Settings) -> Questions:
    def ask(model: StudentModel, template: Template, stages: Stages, label: str) -> None:
        answers(model, template, drawing, prompts, stages, label)

    return Questions(name, len(prompts), identity, {name: settings, **asdict(drawing)}, ask)


def ask(arms: Arms, questions: Questions, members: Sequence[Member]) -> list[Stage]:
    """The stages of the answers of arms that are `alike`, in their order."""
    template, (model, _) = arms.template(members[0][0]), arms.carrier(*members[0])
    adapters = [arms.carrier(*member)[1] for member in members]
    labels = [Label("answers", arm=name, seed=seed, benchmark=questions.name) for name, seed in members]

    def work(missing: dict[int, Stage]) -> list[dict[str, object]]:
        first = labels[next(iter(missing))].title
        title = first if len(missing) == 1 else f"{first} and {len(missing) - 1} more"
        questions.ask(arms.in_memory(model), template, [(adapters[n], stage) for n, stage in missing.items()], title)
        return [
            {
                "rows_in": questions.count,
                "rows": questions.count,
                "response_tokens": sum(stage.read("answers")["tokens"].to_pylist()),
            }
            for stage in missing.values()
        ]

    settings = {**questions.settings, "template": template}
    inputs = [{**arms.inputs(*member), "prompts": questions.identity} for member in members]
    return arms.run.make_together(labels, ANSWERS_VERSION, settings, inputs, work)


def alike(arms: Arms) -> Iterator[list[Member]]:
    """Every model that answers (the untouched arms once, the others for each seed), those of one model with one template
    together; those of one student one after the other."""
    groups: dict[tuple[str, ...], list[Member]] = {}
    for member in arms.answering():
        template = arms.template(member[0])
        key = arms.carrier(*member)[0].identity, template.name, template.text
        groups.setdefault(key, []).append(member)
    yield from groups.values()
