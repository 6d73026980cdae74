"""The method, stage after stage: the one file that reads like the paper.

corpus -> clean -> split -> teach -> audit -> train -> evaluate -> probe -> report
"""

from functools import cache, partial
from pathlib import Path
from typing import Any

from secondhalf.arms.answers import alike, ask, of_everyday
from secondhalf.arms.benchmarks import Benchmarks
from secondhalf.arms.settings import DataSettings
from secondhalf.arms.stages import Arms, check_students
from secondhalf.audit import stage as auditing
from secondhalf.audit.contamination import Benchmark
from secondhalf.baselines import make as baselines
from secondhalf.clean import stage as cleaning
from secondhalf.clean.explain import resolve as resolve_id
from secondhalf.clean.step import Step
from secondhalf.corpus import stage as drawing
from secondhalf.corpus.fingerprint import fingerprint
from secondhalf.evaluate import own
from secondhalf.evaluate.asked import asked, baseline
from secondhalf.evaluate.leaderboard import tasks
from secondhalf.evaluate.safety.items import items
from secondhalf.evaluate.safety.toxicity import classifier
from secondhalf.mapper import cores, map_table
from secondhalf.models.costs.budget import Purse
from secondhalf.models.generation import vllm_student
from secondhalf.pilot import Pilot
from secondhalf.prompts import everyday
from secondhalf.report.collect import collect
from secondhalf.report.page import write
from secondhalf.rows import Document, Verdict, from_table
from secondhalf.run import Run
from secondhalf.split import stage as splitting
from secondhalf.store import Stage
from secondhalf.teach import original as mirroring
from secondhalf.teach import stage as teaching
from secondhalf.teach.asking import Asking

STAGES = ("corpus", "clean", "split", "teach", "audit", "train", "evaluate", "probe", "report")


def carry(run: Run, until: str = "report") -> Path | None:
    """Carries a run through its stages up to `until`. Returns the report's path when it comes that far."""
    wanted = STAGES[: STAGES.index(until) + 1]
    if "evaluate" in wanted:  # a fault in a benchmark's file is told now, not after hours of training
        if run.recipe.evaluate.engine == "vllm":
            vllm_student.check()
        if run.recipe.evaluate.safety.enabled:
            items(run.recipe.evaluate.safety)
            classifier(run.recipe.evaluate.safety)
        if run.recipe.evaluate.leaderboard.tasks:
            tasks.asked(run.recipe.evaluate.leaderboard)
        for benchmark in run.recipe.evaluate.benchmarks:
            prompts, _ = asked(benchmark)
            if benchmark.name == "own":
                own.verify(prompts, len(run.recipe.evaluate.judging.judges))
            if benchmark.baseline and not benchmark.baseline_arm:
                baseline(benchmark)
    if "train" in wanted:  # and so is what no student could be trained with, before the teacher is paid
        check_students(run)
    data = _documents_to_pairs(run, wanted) if run.recipe.data or "train" not in wanted else {}
    _arms(run, Arms(run, data), wanted)
    return write(collect(run.folder, run.store), run.folder / "report") if "report" in wanted else None


def _documents_to_pairs(run: Run, wanted: tuple[str, ...]) -> dict[str, Stage]:
    documents = _corpus(run)
    if "clean" in wanted:
        documents = _clean(run, documents)
    return _data(run, documents, wanted) if "split" in wanted else {}


def _arms(run: Run, arms: Arms, wanted: tuple[str, ...]) -> None:
    if "train" in wanted:
        arms.compose()
        for name, seed in arms.trained():
            arms.adapter(name, seed)
    if "evaluate" in wanted:
        _evaluate(run, arms)
    if "probe" in wanted and (run.recipe.probes.pairs or run.recipe.probes.documents):
        for name, seed in arms.trained():
            arms.probe(name, seed)


def _evaluate(run: Run, arms: Arms) -> None:
    settings, benchmarks = run.recipe.evaluate, Benchmarks(run, arms)
    if benchmarks.judged:
        benchmarks.account()
    for members in alike(arms):
        answered = ask(arms, of_everyday(settings), members)
        benchmarks.ask(members)
        for (name, seed), answers in zip(members, answered, strict=True):
            arms.evaluate(name, seed, answers)
            if settings.leaderboard.tasks:
                benchmarks.leaderboard(name, seed)
            if settings.safety.enabled:
                benchmarks.safety(name, seed)
            for benchmark in settings.benchmarks:
                if benchmark.baseline_arm != name:
                    benchmarks.score(benchmark, name, seed)


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
        if not settings.baseline:
            made[name] = _split(run, name, settings, documents)
        if "teach" in wanted and settings.baseline:
            made[name] = baselines.baseline(run, name, settings)
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


def scored(run: Run, names: list[str]) -> dict[str, list[tuple[Stage, Stage]]]:
    """The train and evaluate stages of these arms, a pair a training seed: what a sweep compares."""
    arms = Arms(run, _data(run, _clean(run, _corpus(run)), STAGES))
    return {name: _scored(arms, name) for name in run.recipe.arms if name in names}


def _scored(arms: Arms, name: str) -> list[tuple[Stage, Stage]]:
    found = []
    for seed in arms.run.recipe.arms[name].train.seeds:
        trained = arms.train(name, seed)
        answers = ask(arms, of_everyday(arms.run.recipe.evaluate), [(name, seed)])[0]
        found.append((trained, arms.evaluate(name, seed, answers)))
    return found
