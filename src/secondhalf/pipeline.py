"""The method, stage after stage: the one file that reads like the paper.

corpus -> clean -> split -> teach -> audit -> train -> evaluate -> report
"""

from collections.abc import Iterator
from dataclasses import asdict
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from secondhalf.audit import met as meeting
from secondhalf.audit import stage as auditing
from secondhalf.audit.contamination import Benchmark
from secondhalf.clean import stage as cleaning
from secondhalf.clean.explain import resolve as resolve_id
from secondhalf.clean.step import Step
from secondhalf.corpus import stage as drawing
from secondhalf.corpus.fingerprint import fingerprint
from secondhalf.evaluate import benchmark as benchmarking
from secondhalf.evaluate import stage as evaluating
from secondhalf.evaluate.settings import BenchmarkSettings
from secondhalf.mapper import cores, map_table
from secondhalf.models.convert import student_folder
from secondhalf.models.ledger import Purse
from secondhalf.models.local import Local
from secondhalf.models.reference import Model, resolve
from secondhalf.pilot import Pilot
from secondhalf.prompts import everyday
from secondhalf.recipe import ArmSettings, DataSettings
from secondhalf.report.collect import collect
from secondhalf.report.page import write
from secondhalf.rows import Document, Verdict, from_table
from secondhalf.run import Run
from secondhalf.split import stage as splitting
from secondhalf.store import Stage
from secondhalf.teach import original as mirroring
from secondhalf.teach import stage as teaching
from secondhalf.teach.asking import Asking
from secondhalf.train import stage as training

STAGES = ("corpus", "clean", "split", "teach", "audit", "train", "evaluate", "report")


def carry(run: Run, until: str = "report") -> Path | None:
    """Carries a run through its stages up to `until`. Returns the report's path when it comes that far."""
    wanted = STAGES[: STAGES.index(until) + 1]
    if "evaluate" in wanted:  # a fault in a benchmark's file is told now, not after hours of training
        for benchmark in run.recipe.evaluate.benchmarks:
            benchmarking.asked(benchmark)
    documents = _corpus(run)
    if "clean" in wanted:
        documents = _clean(run, documents)
    data = _data(run, documents, wanted) if "split" in wanted else {}
    if "train" in wanted:
        for name, arm, seed in trained(run):
            _train(run, name, arm, seed, data)
    if "evaluate" in wanted:
        for name, arm, one in answering(run):
            _evaluate(run, name, arm, one, data)
            for benchmark in run.recipe.evaluate.benchmarks:
                _benchmark_of(run, benchmark, name, arm, one, data)
    return write(collect(run.folder, run.store), run.folder / "report") if "report" in wanted else None


def _corpus(run: Run) -> Stage:
    settings, seed = run.recipe.corpus, run.recipe.seed
    inputs = {"texts": fingerprint(settings)}
    return run.make(
        "corpus",
        drawing.VERSION,
        drawing.plain(settings, seed),
        inputs,
        lambda stage: drawing.draw(settings, seed, stage),
    )


def _clean(run: Run, documents: Stage) -> Stage:
    settings = run.recipe.clean

    def each(stage: Stage) -> dict[str, Any]:
        function = partial(cleaning.clean, settings=settings)
        return map_table(stage, documents.read(), function, "clean", workers=cores())

    def whole(stage: Stage) -> dict[str, Any]:
        rows, rejects, verdicts = cleaning.distinct(filtered.read(), settings)
        for kind, table in (("verdicts", verdicts), ("rejects", rejects), ("part", rows)):
            stage.write(kind, 0, table)
        return {"rows_in": rows.num_rows + rejects.num_rows, "rows": rows.num_rows, "rejected": rejects.num_rows}

    plain = settings.model_dump(mode="json")
    of_each = {name: value for name, value in plain.items() if name not in cleaning.WHOLE_SAMPLE}
    of_whole = {name: value for name, value in plain.items() if name in cleaning.WHOLE_SAMPLE}
    filtered = run.make("clean", cleaning.VERSION, of_each, {"documents": documents.key}, each)
    return run.make("clean:distinct", cleaning.VERSION, of_whole, {"documents": filtered.key}, whole)


def examined(run: Run, prefix: str) -> tuple[Document, list[Step]]:
    """What every filter says of the document whose id starts with `prefix`, as read and step by step."""
    read = _corpus(run)
    documents = from_table(Document, read.read())
    wanted = resolve_id((document.id for document in documents), prefix)
    document = next(document for document in documents if document.id == wanted)
    cleaned, steps = cleaning.examine(document, run.recipe.clean)
    said = [row for row in from_table(Verdict, _clean(run, read).read("verdicts")) if row.id == wanted]
    return document, [*steps, Step("whole sample", cleaned.text, said)] if said else steps


def _data(run: Run, documents: Stage, wanted: tuple[str, ...]) -> dict[str, Stage]:
    """The data sets as far as they are wanted; controls last, for they mirror another's accepted pairs."""
    made: dict[str, Stage] = {}
    for name, settings in sorted(run.recipe.data.items(), key=lambda item: item[1].teach.like is not None):
        like = settings.teach.like
        made[name] = _split(run, name, settings, documents)
        if "teach" in wanted and (like is None or "audit" in wanted):
            made[name] = _teach(run, name, settings, made[like] if like else made[name])
        if "audit" in wanted:
            made[name] = _audit(run, name, settings, made[name])
    return made


def _split(run: Run, name: str, data: DataSettings, documents: Stage) -> Stage:
    def work(stage: Stage) -> dict[str, Any]:
        return map_table(stage, documents.read(), lambda shard: splitting.split(shard, data.split), f"split {name}")

    return run.make(f"split:{name}", splitting.VERSION, data.split, {"documents": documents.key}, work)


def _teach(run: Run, name: str, data: DataSettings, pairs: Stage) -> Stage:
    settings = data.teach
    if settings.model == "original":

        def mirror(stage: Stage) -> dict[str, Any]:
            return map_table(stage, pairs.read(), mirroring.original, f"teach {name}")

        return run.make(f"teach:{name}", mirroring.VERSION, {"model": "original"}, {"pairs": pairs.key}, mirror)
    asking = Asking(settings, run.journal)

    def work(stage: Stage) -> dict[str, Any]:
        table, limits = pairs.read(), run.recipe.pilot
        with Purse(stage.path / "spent.json", settings.budget, run.recipe.report.hour_in_dollars) as purse:
            ask, judge = asking.teacher(purse), asking.judge(purse)
            if limits.pairs and table.num_rows > limits.pairs:
                pilot = Pilot(name, table.num_rows, limits, purse)
                rows, rejects, *_ = teaching.teach(table.slice(0, limits.pairs), settings, ask, f"pilot {name}", judge)
                pilot.weigh(rows, rejects, auditing.audit(rows, data.audit, _benchmark())[0])
            counts = teaching.teach_all(stage, table, settings, ask, f"teach {name}", judge)
            return {**counts, "model": settings.model, **teaching.bill(stage, settings, purse)}

    # The model's identity stands for its reference: the same file under another path is the same teacher.
    inputs = {"pairs": pairs.key, **asking.inputs}
    return run.make(f"teach:{name}", teaching.VERSION, settings.deciding(), inputs, work)


@cache
def _benchmark() -> Benchmark:
    return Benchmark.of({prompt.id: prompt.text for prompt in everyday.load()})


def _audit(run: Run, name: str, data: DataSettings, pairs: Stage) -> Stage:
    control = data.teach.like is not None

    def work(stage: Stage) -> dict[str, Any]:
        def check(shard: Any) -> Any:
            return auditing.audit(shard, data.audit, _benchmark(), refuse=not control)

        return map_table(stage, pairs.read(), check, f"audit {name}")

    plain = {**data.audit.model_dump(mode="json"), "refuse": not control}
    inputs = {"pairs": pairs.key, "everyday": str(everyday.VERSION)}
    return run.make(f"audit:{name}", auditing.VERSION, plain, inputs, work)


def trained(run: Run) -> Iterator[tuple[str, ArmSettings, int]]:
    """Every arm that is trained, with each of its seeds."""
    for name, arm in run.recipe.arms.items():
        if arm.data:
            for seed in arm.train.seeds:
                yield name, arm, seed


def answering(run: Run) -> Iterator[tuple[str, ArmSettings, int | None]]:
    """Every model that answers: the untouched arms once, the others for each seed. Arms of one student together."""
    arms = sorted(run.recipe.arms.items(), key=lambda item: item[1].student)
    for name, arm in arms:
        for seed in arm.train.seeds if arm.data else [None]:
            yield name, arm, seed


def _train(run: Run, name: str, arm: ArmSettings, seed: int, data: dict[str, Stage]) -> Stage:
    pairs = data[next(iter(arm.data))]
    student = resolve(run.recipe.students[arm.student])
    inputs = {"pairs": pairs.key, "student": student.identity}

    def work(stage: Stage) -> dict[str, Any]:
        return training.fit(pairs.read(), student, arm.train, seed, stage, f"train {name} seed {seed}")

    return run.make(f"train:{name}:{seed}", training.VERSION, training.plain(arm.train, seed), inputs, work)


def _evaluate(run: Run, name: str, arm: ArmSettings, seed: int | None, data: dict[str, Stage]) -> Stage:
    adapter = None if seed is None else _train(run, name, arm, seed, data)
    student = resolve(run.recipe.students[arm.student])
    settings, template = run.recipe.evaluate, arm.train.template
    label = f"evaluate:{name}" if seed is None else f"evaluate:{name}:{seed}"
    plain = {
        **settings.model_dump(mode="json", exclude={"primary", "benchmarks"}),
        "template": [template.name, template.text],
    }
    inputs = {"student": student.identity, "adapter": adapter.key if adapter else "", "everyday": str(everyday.VERSION)}

    def work(stage: Stage) -> dict[str, Any]:
        model = _loaded(student)
        model.use(adapter.path / "adapter" if adapter else None)
        return evaluating.evaluate(model, template, settings, stage, label.replace(":", " "))

    return run.make(label, evaluating.VERSION, plain, inputs, work)


def _met(run: Run, benchmark: BenchmarkSettings, name: str, pairs: Stage) -> Stage:
    """How much of a benchmark stands in the pairs of a data set: looked up before any figure on it."""
    prompts, file = benchmarking.asked(benchmark)
    texts = {prompt.id: prompt.text for prompt in prompts}
    plain = {"name": benchmark.name, "limit": benchmark.limit}
    inputs = {"pairs": pairs.key, "prompts": file}
    label = f"met:{benchmark.name}:{name}"
    return run.make(label, meeting.VERSION, plain, inputs, lambda stage: meeting.met(pairs.read(), texts, stage))


def _benchmark_of(
    run: Run, benchmark: BenchmarkSettings, name: str, arm: ArmSettings, seed: int | None, data: dict[str, Stage]
) -> Stage:
    """One model's answers to a benchmark and their scores, once it is known what of it stood in the pairs."""
    for used in arm.data:
        _met(run, benchmark, used, data[used])
    adapter = None if seed is None else _train(run, name, arm, seed, data)
    student = resolve(run.recipe.students[arm.student])
    settings, template = run.recipe.evaluate, arm.train.template
    drawing = benchmarking.Drawing(benchmark.max_tokens, settings.temperature, settings.seed)
    label = f"benchmark:{benchmark.name}:{name}" + ("" if seed is None else f":{seed}")
    plain = {
        **benchmark.model_dump(mode="json", exclude={"path"}),
        **asdict(drawing),
        "template": [template.name, template.text],
    }
    inputs = {
        "student": student.identity,
        "adapter": adapter.key if adapter else "",
        "prompts": benchmarking.asked(benchmark)[1],
    }

    def work(stage: Stage) -> dict[str, Any]:
        model = _loaded(student)
        model.use(adapter.path / "adapter" if adapter else None)
        return benchmarking.evaluate(model, template, benchmark, drawing, stage, label.replace(":", " "))

    return run.make(label, benchmarking.VERSION, plain, inputs, work)


@lru_cache(maxsize=1)
def _loaded(student: Model) -> Local:
    """One student in memory at a time: the arms that share it are evaluated one after the other."""
    return Local(student_folder(student.path, student.identity))
