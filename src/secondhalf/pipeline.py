"""The method, stage after stage: the one file that reads like the paper.

corpus -> clean -> split -> teach -> audit -> train -> evaluate -> probe -> report
"""

from collections.abc import Iterator
from dataclasses import asdict
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from secondhalf.arms.make import pairs_of, preferred, source_of, student_of, transferred
from secondhalf.arms.settings import ArmSettings, DataSettings
from secondhalf.audit import met as meeting
from secondhalf.audit import stage as auditing
from secondhalf.audit.contamination import Benchmark
from secondhalf.baselines.make import baseline
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
from secondhalf.models.ready import check_student
from secondhalf.models.reference import Model, resolve
from secondhalf.models.template import Template
from secondhalf.pilot import Pilot
from secondhalf.probe import stage as probing
from secondhalf.prompts import everyday
from secondhalf.report.collect import collect
from secondhalf.report.page import write
from secondhalf.rows import Document, Verdict, from_table
from secondhalf.run import Run, read_links
from secondhalf.split import stage as splitting
from secondhalf.store import Stage
from secondhalf.teach import original as mirroring
from secondhalf.teach import stage as teaching
from secondhalf.teach.asking import Asking
from secondhalf.train import stage as training
from secondhalf.train.prefer.dpo import needs_trl

STAGES = ("corpus", "clean", "split", "teach", "audit", "train", "evaluate", "probe", "report")


def carry(run: Run, until: str = "report") -> Path | None:
    """Carries a run through its stages up to `until`. Returns the report's path when it comes that far."""
    wanted = STAGES[: STAGES.index(until) + 1]
    if "evaluate" in wanted:  # a fault in a benchmark's file is told now, not after hours of training
        for benchmark in run.recipe.evaluate.benchmarks:
            benchmarking.asked(benchmark)
    if "train" in wanted:  # and so is what no student could be trained with, before the teacher is paid
        _check_students(run)
    documents = _corpus(run)
    if "clean" in wanted:
        documents = _clean(run, documents)
    data = _data(run, documents, wanted) if "split" in wanted else {}
    if "train" in wanted:
        for name, arm in run.recipe.arms.items():  # a share that cannot be had is told before anything is trained
            if arm.composed:
                pairs_of(run, name, data, partial(_student, run, data))
        for name, arm, seed in trained(run):
            _adapter(run, name, arm, seed, data)
    if "evaluate" in wanted:
        for name, arm, one in answering(run):
            _evaluate(run, name, arm, one, data)
            for benchmark in run.recipe.evaluate.benchmarks:
                _benchmark_of(run, benchmark, name, arm, one, data)
    if "probe" in wanted and (run.recipe.probes.pairs or run.recipe.probes.documents):
        for name, arm, seed in trained(run):
            if arm.data:  # an adapter that was carried over is probed where it was trained
                _probe(run, name, arm, seed, data)
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


def _check_students(run: Run) -> None:
    """Each arm's student with its template, unless this run trained it before."""
    links = read_links(run.folder)
    for name, arm, seed in trained(run):
        if f"train:{name}:{seed}" not in links and source_of(run.recipe, arm.student) is None:
            student = resolve(run.recipe.students[arm.student])
            check_student(student_folder(student.path, student.identity), Template.named(arm.train.template))
        if arm.prefer:
            needs_trl()


def _data(run: Run, documents: Stage, wanted: tuple[str, ...]) -> dict[str, Stage]:
    """The data sets as far as they are wanted; controls last, for they mirror another's accepted pairs."""
    made: dict[str, Stage] = {}
    for name, settings in sorted(run.recipe.data.items(), key=lambda item: item[1].teach.like is not None):
        like = settings.teach.like
        if not settings.baseline:
            made[name] = _split(run, name, settings, documents)
        if "teach" in wanted and settings.baseline:
            made[name] = baseline(run, name, settings)
        elif "teach" in wanted and (like is None or "audit" in wanted):
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
    refuse = data.audit.refuse and not data.baseline and data.teach.like is None

    def work(stage: Stage) -> dict[str, Any]:
        def check(shard: Any) -> Any:
            return auditing.audit(shard, data.audit, _benchmark(), refuse=refuse)

        return map_table(stage, pairs.read(), check, f"audit {name}")

    plain = {**data.audit.model_dump(mode="json"), "refuse": refuse}
    inputs = {"pairs": pairs.key, "everyday": str(everyday.VERSION)}
    return run.make(f"audit:{name}", auditing.VERSION, plain, inputs, work)


def scored(run: Run, arms: list[str]) -> dict[str, list[tuple[Stage, Stage]]]:
    """The train and evaluate stages of these arms, a pair a training seed: what a sweep compares."""
    data = _data(run, _clean(run, _corpus(run)), STAGES)
    return {
        name: [(_train(run, name, arm, seed, data), _evaluate(run, name, arm, seed, data)) for seed in arm.train.seeds]
        for name, arm in run.recipe.arms.items()
        if name in arms
    }


def trained(run: Run) -> Iterator[tuple[str, ArmSettings, int]]:
    """Every arm that is trained, with each of its seeds."""
    for name, arm in run.recipe.arms.items():
        if arm.trained:
            for seed in arm.train.seeds:
                yield name, arm, seed


def answering(run: Run) -> Iterator[tuple[str, ArmSettings, int | None]]:
    """Every model that answers: the untouched arms once, the others for each seed. Arms of one student together."""
    arms = sorted(run.recipe.arms.items(), key=lambda item: item[1].student)
    for name, arm in arms:
        for seed in arm.train.seeds if arm.trained else [None]:
            yield name, arm, seed


def _student(run: Run, data: dict[str, Stage], name: str) -> Model:
    """The model of a student; one that is an arm is trained before it is used."""
    return student_of(run, name, lambda arm, seed: _adapter(run, arm, run.recipe.arms[arm], seed, data))


def _train(run: Run, name: str, arm: ArmSettings, seed: int, data: dict[str, Stage]) -> Stage:
    students = partial(_student, run, data)
    if arm.adapter_from:
        source = _adapter(run, arm.adapter_from, run.recipe.arms[arm.adapter_from], seed, data)
        return transferred(run, name, seed, source, students)
    pairs, student = pairs_of(run, name, data, students), students(arm.student)
    inputs = {"pairs": pairs.key, "student": student.identity}

    def work(stage: Stage) -> dict[str, Any]:
        return training.fit(pairs.read(), student, arm.train, seed, stage, f"train {name} seed {seed}", run.folder)

    return run.make(f"train:{name}:{seed}", training.VERSION, training.plain(arm.train, seed), inputs, work)


def _adapter(run: Run, name: str, arm: ArmSettings, seed: int, data: dict[str, Stage]) -> Stage:
    """The stage whose adapter answers for the arm: fine-tuned, and where the arm wants it preference-trained."""
    tuned = _train(run, name, arm, seed, data)
    return preferred(run, name, seed, data, tuned, _student(run, data, arm.student)) if arm.prefer else tuned


def _evaluate(run: Run, name: str, arm: ArmSettings, seed: int | None, data: dict[str, Stage]) -> Stage:
    adapter = None if seed is None else _adapter(run, name, arm, seed, data)
    student = _student(run, data, arm.student)
    settings, template = run.recipe.evaluate, Template.named(arm.train.template)
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
    for used in run.recipe.data_of(name):
        _met(run, benchmark, used, data[used])
    adapter = None if seed is None else _adapter(run, name, arm, seed, data)
    student = _student(run, data, arm.student)
    settings, template = run.recipe.evaluate, Template.named(arm.train.template)
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


def _probe(run: Run, name: str, arm: ArmSettings, seed: int, data: dict[str, Stage]) -> None:
    """What a trained arm remembers and has forgotten, and what its student, before, says of the same pairs."""
    students = partial(_student, run, data)
    # A reply without its prompt is looked for under the prompt that it was taught under.
    pairs = data[next(iter(arm.data))] if arm.pairing == "none" else pairs_of(run, name, data, students)
    student, trained = students(arm.student), _adapter(run, name, arm, seed, data)
    refused = _train(run, name, arm, seed, data).read("rejects").column("id").to_pylist()
    for label, adapter in ((f"probe:{name}", None), (f"probe:{name}:{seed}", trained)):
        inputs = {"student": student.identity, "adapter": adapter.key if adapter else "", "pairs": pairs.key}

        def work(stage: Stage, label: str = label, adapter: Stage | None = adapter) -> dict[str, Any]:
            model = _loaded(student)
            model.use(adapter.path / "adapter" if adapter else None)
            table, told = pairs.read(), label.replace(":", " ")
            return probing.probe(model, table, refused, arm.train, run.recipe.probes, stage, told)

        run.make(label, probing.VERSION, probing.plain(run.recipe.probes, arm.train), inputs, work)


@lru_cache(maxsize=1)
def _loaded(student: Model) -> Local:
    """One student in memory at a time: the arms that share it are evaluated one after the other."""
    return Local(student_folder(student.path, student.identity))
