"""Everything that a recipe evaluates on, as texts that no training pair may hold: prompts and good answers of every benchmark."""

from collections.abc import Iterator
from functools import lru_cache

from secondhalf.audit.overlap import EvaluatedText, OverlapIndex
from secondhalf.evaluate.benchmark_files import load_benchmark
from secondhalf.evaluate.everyday.prompts import load_everyday
from secondhalf.evaluate.leaderboard.tasks import task_prompts
from secondhalf.evaluate.minimal_pairs.build import load_minimal_pairs
from secondhalf.evaluate.safety.items import load_items
from secondhalf.evaluate.settings import EvaluateSettings


def evaluation_index(settings: EvaluateSettings) -> OverlapIndex:
    """The texts with what finds them; its `identity` belongs to the key of a stage that refuses pairs by it.

    Whole sets, whatever part, languages and limits are: a trial on few prompts refuses the same pairs as the run after it.
    Raises UserError for a benchmark's file that cannot be read.
    """
    return _index(settings.model_dump_json())


@lru_cache(maxsize=4)
def _index(plain: str) -> OverlapIndex:
    return OverlapIndex(evaluated_texts(EvaluateSettings.model_validate_json(plain)))


def evaluated_texts(settings: EvaluateSettings) -> Iterator[EvaluatedText]:
    """Each benchmark's prompts, turns and good answers."""
    for prompt in load_everyday():
        yield from _item("everyday", prompt.id, {"prompt": prompt.text, "answer": prompt.good})
    if settings.minimal_pairs != 0:
        for pair in load_minimal_pairs():
            parts = {"prompt": pair.prompt, "plain prompt": pair.plain, "answer": pair.kept, "answer 2": pair.broken}
            yield from _item("minimal_pairs", pair.id, parts)
    if settings.safety.enabled:
        whole = settings.safety.model_copy(update={"limit": None})
        for item in load_items(whole)[0]:
            yield from _item("safety", item.id, {"prompt": item.text, "prompt 2": item.other, "answer": item.right})
    for benchmark in settings.benchmarks:
        for prompt in load_benchmark(benchmark.model_copy(update={"limit": None}))[0]:
            yield from _item(benchmark.name, prompt.id, benchmark.row.evaluated(prompt))
    if settings.leaderboard.tasks:
        for row, text in task_prompts(settings.leaderboard.model_copy(update={"limit": None})).items():
            yield from _item("leaderboard", row, {"prompt": text})


def _item(benchmark: str, item: str, parts: dict[str, str]) -> Iterator[EvaluatedText]:
    return (EvaluatedText(benchmark, item, part, text) for part, text in parts.items() if text)
