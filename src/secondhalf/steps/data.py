"""From documents to audited pairs: the stages of every data set, joined to run and store."""

from collections.abc import Mapping
from functools import cache, partial

import pyarrow as pa

from secondhalf.audit.contamination import OverlapIndex
from secondhalf.audit.stage import AUDIT_VERSION, CHECKS_FIELD, audit_pairs
from secondhalf.clean.explanation import resolve_id
from secondhalf.clean.stage import CLEAN_VERSION, FILTERS_FIELD, clean_documents, drop_duplicates, examine_document
from secondhalf.clean.step import FilterStep
from secondhalf.corpus.fingerprint import fingerprint_corpus
from secondhalf.corpus.stage import CORPUS_VERSION, sample_documents
from secondhalf.evaluate.everyday.prompts import EVERYDAY_VERSION, load_everyday
from secondhalf.extensions.function import key_inputs
from secondhalf.extensions.verdicts import check_rows
from secondhalf.models.costs.budget import Budget
from secondhalf.recipe.arms import DataSettings
from secondhalf.rows import Document, Verdict, from_table
from secondhalf.runs import Label, OpenRun
from secondhalf.split.settings import RULE_FIELD
from secondhalf.split.stage import SPLIT_VERSION, split_documents
from secondhalf.steps import baselines
from secondhalf.store import Stage
from secondhalf.store.mapper import ShardTables, cores, map_table
from secondhalf.teach.models import TeacherModels
from secondhalf.teach.original import ORIGINAL_VERSION, mirror_originals
from secondhalf.teach.pilot import Pilot
from secondhalf.teach.settings import CHOOSE_FIELD
from secondhalf.teach.stage import TEACH_VERSION, cost_summary, teach_all, teach_pairs


def corpus(run: OpenRun) -> Stage:
    """The sample of documents."""
    settings, seed = run.recipe.corpus, run.recipe.seed
    inputs = {"texts": fingerprint_corpus(settings)}
    return run.make(
        Label("corpus"),
        CORPUS_VERSION,
        {"corpus": settings, "seed": seed},
        inputs,
        lambda stage: sample_documents(settings, seed, stage),
    )


def clean(run: OpenRun, documents: Stage) -> Stage:
    """The documents that pass the filters, one by one and then among each other."""
    settings = run.recipe.clean

    def each(stage: Stage) -> Mapping[str, object]:
        function = partial(clean_documents, settings=settings)
        counts = map_table(stage, documents.read(), function, "clean", workers=cores())
        check_rows(stage.tables("verdicts"), FILTERS_FIELD, settings.filters)
        return counts

    def whole(stage: Stage) -> Mapping[str, object]:
        rows, rejects, verdicts = drop_duplicates(filtered.read(), settings)
        for kind, table in (("verdicts", verdicts), ("rejects", rejects), ("part", rows)):
            stage.write(kind, 0, table)
        return {"rows_in": rows.num_rows + rejects.num_rows, "rows": rows.num_rows, "rejected": rejects.num_rows}

    inputs = {"documents": documents.key, **key_inputs(FILTERS_FIELD, settings.filters)}
    filtered = run.make(Label("clean"), CLEAN_VERSION, settings, inputs, each)
    return run.make(Label("deduplicate"), CLEAN_VERSION, settings, {"documents": filtered.key}, whole)


def examined(run: OpenRun, prefix: str) -> tuple[Document, list[FilterStep]]:
    """What every filter says of the document whose id starts with `prefix`, as read and step by step."""
    read = corpus(run)
    documents = from_table(Document, read.read())
    wanted = resolve_id((document.id for document in documents), prefix)
    document = next(document for document in documents if document.id == wanted)
    cleaned, steps = examine_document(document, run.recipe.clean)
    verdicts = [row for row in from_table(Verdict, clean(run, read).read("verdicts")) if row.id == wanted]
    return document, [*steps, FilterStep("whole sample", cleaned.text, verdicts)] if verdicts else steps


def data_sets(run: OpenRun, documents: Stage, wanted: tuple[str, ...]) -> dict[str, Stage]:
    """The data sets as far as they are wanted; controls last, for they mirror another's accepted pairs."""
    stages: dict[str, Stage] = {}
    for name, settings in sorted(run.recipe.data.items(), key=lambda item: item[1].teach.like is not None):
        like = settings.teach.like
        if not settings.baseline:
            stages[name] = _split(run, name, settings, documents)
        if "teach" in wanted and settings.baseline:
            stages[name] = baselines.baseline(run, name, settings)
        elif "teach" in wanted and (like is None or "audit" in wanted):
            stages[name] = _teach(run, name, settings, stages[like] if like else stages[name])
        if "audit" in wanted:
            stages[name] = _audit(run, name, settings, stages[name])
    return stages


def _split(run: OpenRun, name: str, data: DataSettings, documents: Stage) -> Stage:
    def work(stage: Stage) -> Mapping[str, object]:
        counts = map_table(stage, documents.read(), lambda shard: split_documents(shard, data.split), f"split {name}")
        check_rows(stage.tables("verdicts"), RULE_FIELD, [data.split.rule])
        return counts

    inputs = {"documents": documents.key, **key_inputs(RULE_FIELD, [data.split.rule])}
    return run.make(Label("split", data=name), SPLIT_VERSION, data.split, inputs, work)


def _teach(run: OpenRun, name: str, data: DataSettings, pairs: Stage) -> Stage:
    settings = data.teach
    if settings.model == "original":

        def mirror(stage: Stage) -> Mapping[str, object]:
            return map_table(stage, pairs.read(), mirror_originals, f"teach {name}")

        return run.make(
            Label("teach", data=name), ORIGINAL_VERSION, {"model": "original"}, {"pairs": pairs.key}, mirror
        )
    models = TeacherModels(settings, run.journal)

    def work(stage: Stage) -> Mapping[str, object]:
        table, limits = pairs.read(), run.recipe.pilot
        with Budget(stage.path / "spent.json", settings.budget, run.recipe.report.hour_in_dollars) as budget:
            send, judge = models.teacher(budget), models.judge(budget)
            if limits.pairs and table.num_rows > limits.pairs:
                pilot = Pilot(name, table.num_rows, limits, budget)
                first = table.slice(0, limits.pairs)
                rows, rejects, verdicts, _ = teach_pairs(first, settings, send, f"pilot {name}", judge)
                check_rows([verdicts], CHOOSE_FIELD, [settings.choose])
                pilot.weigh(rows, rejects, audit_pairs(rows, data.audit, _benchmark())[0])
            counts = teach_all(stage, table, settings, send, f"teach {name}", judge)
            check_rows(stage.tables("verdicts"), CHOOSE_FIELD, [settings.choose])
            return {**counts, "model": settings.model, **cost_summary(stage, settings, budget)}

    # The model's identity stands for its reference: the same file under another path is the same teacher.
    inputs = {"pairs": pairs.key, **models.inputs}
    return run.make(Label("teach", data=name), TEACH_VERSION, settings, inputs, work)


@cache
def _benchmark() -> OverlapIndex:
    return OverlapIndex.of({prompt.id: prompt.text for prompt in load_everyday()})


def _audit(run: OpenRun, name: str, data: DataSettings, pairs: Stage) -> Stage:
    refuse = data.audit.refuse and not data.baseline and data.teach.like is None

    def work(stage: Stage) -> Mapping[str, object]:
        def check(shard: pa.Table) -> ShardTables:
            return audit_pairs(shard, data.audit, _benchmark(), refuse=refuse)

        counts = map_table(stage, pairs.read(), check, f"audit {name}")
        check_rows(stage.tables("verdicts"), CHECKS_FIELD, data.audit.checks)
        return counts

    inputs = {
        "pairs": pairs.key,
        "everyday": str(EVERYDAY_VERSION),
        **key_inputs(CHECKS_FIELD, data.audit.checks),
    }
    return run.make(Label("audit", data=name), AUDIT_VERSION, {"audit": data.audit, "refuse": refuse}, inputs, work)
