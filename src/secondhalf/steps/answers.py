"""The arms' answers, a stage for each arm and set of prompts. Arms of one model with one template are asked together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from secondhalf.evaluate.answers import ANSWERS_VERSION, AnswerPart, SamplingOptions, answer_parts, prompt_parts
from secondhalf.evaluate.benchmark_files import load_benchmark
from secondhalf.evaluate.cluster.answering import student_on_cluster
from secondhalf.evaluate.conversation import conversation_parts
from secondhalf.evaluate.everyday.prompts import EVERYDAY_VERSION
from secondhalf.evaluate.everyday.stage import select_everyday
from secondhalf.evaluate.prompt import Prompt
from secondhalf.evaluate.safety.items import load_items
from secondhalf.evaluate.safety.stage import answered_items
from secondhalf.evaluate.settings import BenchmarkSettings, EvaluateSettings
from secondhalf.runs import Label
from secondhalf.settings import Settings
from secondhalf.steps.arms import Arms, ArmSeed
from secondhalf.store import Stage
from secondhalf.store.cluster.workers import RayWorkers


@dataclass(frozen=True)
class PromptSet:
    """A set of prompts and how the answers are drawn."""

    name: str
    count: int
    identity: str
    """Of the prompts: their files' hashes, or our version."""
    settings: Mapping[str, object]
    """The settings that decide the answers."""
    parts: Sequence[AnswerPart]
    """The prompts in the parts that are answered together."""


def everyday_prompts(settings: EvaluateSettings) -> PromptSet:
    """The everyday prompts."""
    prompts = select_everyday(settings)
    return _singles("everyday", prompts, str(EVERYDAY_VERSION), _drawing(settings), settings)


def benchmark_prompts(benchmark: BenchmarkSettings, settings: EvaluateSettings) -> PromptSet:
    """A benchmark's prompts, in two turns where it has them."""
    prompts, identity = load_benchmark(benchmark)
    temperature = benchmark.row.temperature
    drawing = _drawing(settings, benchmark.longest)
    if temperature is None:
        return _singles(benchmark.name, prompts, identity, drawing, benchmark)

    # Each prompt has a temperature of its own.
    deciding = {"benchmark": benchmark, **asdict(drawing), "temperature": benchmark.row.version}
    parts = conversation_parts(prompts, temperature, drawing.max_tokens, drawing.seed)
    return PromptSet(benchmark.name, len(prompts), identity, deciding, parts)


def safety_prompts(settings: EvaluateSettings) -> PromptSet:
    """Of the set on errors and safety what is asked for an answer."""
    items, identity = load_items(settings.safety)
    return _singles("safety", answered_items(items), identity, _drawing(settings), settings.safety)


def _drawing(settings: EvaluateSettings, longest: int | None = None) -> SamplingOptions:
    return SamplingOptions(longest or settings.max_tokens, settings.temperature, settings.seed)


def _singles(
    name: str, prompts: Sequence[Prompt], identity: str, drawing: SamplingOptions, settings: Settings
) -> PromptSet:
    return PromptSet(name, len(prompts), identity, {name: settings, **asdict(drawing)}, prompt_parts(prompts, drawing))


def answer_prompts(arms: Arms, prompts: PromptSet, members: Sequence[ArmSeed]) -> list[Stage]:
    """The stages of the answers of arms of one model, template and temperature (`arms_of_one_model`), in their order."""
    template, (model, _) = arms.template(members[0][0]), arms.base_and_adapter(*members[0])
    temperature = arms.temperature(*members[0])
    adapters = [arms.base_and_adapter(*member)[1] for member in members]
    labels = [Label("answers", arm=name, seed=seed, benchmark=prompts.name) for name, seed in members]

    def work(missing: dict[int, Stage]) -> list[dict[str, object]]:
        first = labels[next(iter(missing))].title
        title = first if len(missing) == 1 else f"{first} and {len(missing) - 1} more"
        to_answer = [(adapters[n], stage) for n, stage in missing.items()]
        workers = arms.run.workers
        if isinstance(workers, RayWorkers) and workers.settings.evaluate:
            arms.release()
            own = model.path.resolve().is_relative_to(arms.run.store.root.resolve())
            student = student_on_cluster(workers, model, own, arms.run.recipe.evaluate.engine)
            student.answer_parts(temperature, template, prompts.parts, to_answer, title)
        else:
            answer_parts(arms.in_memory(model, temperature), template, prompts.parts, to_answer, title)
        return [
            {
                "rows_in": prompts.count,
                "rows": prompts.count,
                "response_tokens": sum(stage.read("answers")["tokens"].to_pylist()),
            }
            for stage in missing.values()
        ]

    settings = {**prompts.settings, "template": template}
    inputs = [{**arms.inputs(*member), "prompts": prompts.identity} for member in members]
    if prompts.settings.get("temperature") == 0:  # greedy answers are the same at every temperature of an arm
        inputs = [{name: value for name, value in one.items() if name != "temperature"} for one in inputs]
    return arms.run.make_together(labels, ANSWERS_VERSION, settings, inputs, work)


def arms_of_one_model(arms: Arms) -> Iterator[list[ArmSeed]]:
    """Every model that answers (the untouched arms once, the others for each seed), those of one model with one template and
    temperature together; those of one student one after the other."""
    groups: dict[tuple[str, ...], list[ArmSeed]] = {}
    for member in arms.answering():
        template = arms.template(member[0])
        identity = arms.base_and_adapter(*member)[0].identity
        key = identity, template.name, template.text, str(arms.temperature(*member))
        groups.setdefault(key, []).append(member)
    yield from groups.values()
