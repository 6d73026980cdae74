"""From documents to audited pairs: the stages of every data set, joined to run and store."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from secondhalf.audit.reviews import Outcomes, as_edited, load_reviews, outcomes_identity
from secondhalf.audit.stage import AUDIT_VERSION, CHECKS_FIELD, audit_pairs
from secondhalf.clean.duplicates.whole_sample import find_duplicates
from secondhalf.clean.explanation import is_of_file, resolve_documents
from secondhalf.clean.stage import CLEAN_VERSION, FILTERS_FIELD, clean_documents, examine_document
from secondhalf.clean.step import FilterStep
from secondhalf.corpus.fingerprint import fingerprint_corpus
from secondhalf.corpus.stage import CORPUS_VERSION, sample_documents
from secondhalf.corpus.unchanged import check_unchanged, corpus_states
from secondhalf.errors import UserError
from secondhalf.extensions.function import key_inputs
from secondhalf.extensions.verdicts import check_rows
from secondhalf.recipe.arms import DataSettings
from secondhalf.rows import Document, Pair, Verdict, digest, from_table, to_table
from secondhalf.runs import Label, OpenRun
from secondhalf.split.settings import RULE_FIELD
from secondhalf.split.stage import SPLIT_VERSION, split_documents
from secondhalf.steps import baselines
from secondhalf.steps.audit_models import audit_models, model_verdicts
from secondhalf.steps.enough import check_halves
from secondhalf.steps.evaluated import evaluation_index
from secondhalf.steps.left import check_left
from secondhalf.steps.pilots import rank_before_teaching
from secondhalf.steps.teaching import taught
from secondhalf.store import Stage
from secondhalf.store.mapper import ROWS_PER_PART, map_table
from secondhalf.store.tables import mapped_table
from secondhalf.store.workers import ALONE


def corpus(run: OpenRun) -> Stage:
    """The sample of documents."""
    settings, seed = run.recipe.corpus, run.recipe.seed
    before = corpus_states(settings)
    inputs = {"texts": fingerprint_corpus(settings)}

    def sample(stage: Stage) -> Mapping[str, object]:
        counts = sample_documents(settings, seed, stage, run.workers)
        check_unchanged(before, corpus_states(settings), "corpus.path")
        return counts

    return run.make(Label("corpus"), CORPUS_VERSION, {"corpus": settings, "seed": seed}, inputs, sample)


def clean(run: OpenRun, documents: Stage) -> Stage:
    """The documents that pass the filters, one by one and then among each other."""
    settings = run.recipe.clean

    def each(stage: Stage) -> Mapping[str, object]:
        function = partial(clean_documents, settings=settings)
        counts = map_table(stage, documents, function, "clean", run.workers)
        check_rows(stage.tables("verdicts"), FILTERS_FIELD, settings.filters)
        return counts

    def whole(stage: Stage) -> Mapping[str, object]:
        def read() -> pa.Table:
            texts = (table.select(["id", "text"]) for table in filtered.batches(ROWS_PER_PART))
            return mapped_table(stage.path / "texts.tmp", texts)

        duplicates = find_duplicates(read, settings.near_duplicates, settings.passages, run.workers)
        stage.write("verdicts", 0, duplicates.verdicts(filtered.batches(ROWS_PER_PART)))
        stage.write("rejects", 0, duplicates.rejects(filtered.batches(ROWS_PER_PART)))
        stage.write("part", 0, duplicates.rows(filtered.batches(ROWS_PER_PART)))
        rows = int(duplicates.kept.sum())
        return {"rows_in": len(duplicates.kept), "rows": rows, "rejected": len(duplicates.kept) - rows}

    inputs = {"documents": documents.key, **key_inputs(FILTERS_FIELD, settings.filters)}
    filtered = run.make(Label("clean"), CLEAN_VERSION, settings, inputs, each)
    return run.make(Label("deduplicate"), CLEAN_VERSION, settings, {"documents": filtered.key}, whole)


def examined(run: OpenRun, wanted: str) -> list[tuple[Document, list[FilterStep]]]:
    """What every filter says of the document with this id, or of those of the file of this name: each as read, and step by step.

    Raises UserError where there is none, with the reason where the file could not be read.
    """
    read = corpus(run)
    for row in read.read("rejects").to_pylist():
        if is_of_file(row["url"], wanted):
            raise UserError(f"{row['url']} was not read: {row['reason']}.")
    documents = resolve_documents(from_table(Document, read.read()), wanted)
    cleaned = clean(run, read)
    among: dict[str, list[Verdict]] = {document.id: [] for document in documents}
    for row in from_table(Verdict, cleaned.read("verdicts")):
        if row.id in among:
            among[row.id].append(row)
    explained = []
    for document in documents:
        left, steps = examine_document(document, run.recipe.clean)
        if among[document.id]:
            steps = [*steps, FilterStep("whole sample", left.text, among[document.id])]
        explained.append((document, steps))
    return explained


def data_sets(run: OpenRun, documents: Stage, wanted: tuple[str, ...]) -> dict[str, Stage]:
    """The data sets as far as they are wanted; controls last, for they mirror another's accepted pairs."""
    stages = halves(run, documents) if "teach" in wanted else {}
    if "train" in wanted:
        check_halves(run, stages)
    piloted = rank_before_teaching(run, stages)
    for name, settings in sorted(run.recipe.data.items(), key=lambda item: item[1].teach.like is not None):
        like = settings.teach.like
        if not settings.baseline and name not in stages:
            stages[name] = check_left(run, _split(run, name, settings, documents), f"split {name}")
        if "teach" in wanted and settings.baseline:
            stages[name] = check_left(run, baselines.baseline(run, name, settings), f"teach {name}")
        elif "teach" in wanted and (like is None or "audit" in wanted):
            pairs = taught(run, name, stages[like] if like else stages[name], piloted.get(name))
            stages[name] = check_left(run, pairs, f"teach {name}")
        if "audit" in wanted:
            stages[name] = check_left(run, _audit(run, name, settings, stages[name]), f"audit {name}")
    return stages


def halves(run: OpenRun, documents: Stage) -> dict[str, Stage]:
    """The documents of every data set that a teacher writes, cut in two."""
    return {
        name: check_left(run, _split(run, name, data, documents), f"split {name}")
        for name, data in run.recipe.data.items()
        if data.taught
    }


def _split(run: OpenRun, name: str, data: DataSettings, documents: Stage) -> Stage:
    def work(stage: Stage) -> Mapping[str, object]:
        function = partial(split_documents, settings=data.split)
        counts = map_table(stage, documents, function, f"split {name}", run.workers.for_light_work)
        check_rows(stage.tables("verdicts"), RULE_FIELD, [data.split.rule])
        return counts

    inputs = {"documents": documents.key, **key_inputs(RULE_FIELD, [data.split.rule])}
    return run.make(Label("split", data=name), SPLIT_VERSION, data.split, inputs, work)


def _audit(run: OpenRun, name: str, data: DataSettings, pairs: Stage) -> Stage:
    refuse = data.audit.refuse and not data.baseline and data.teach.like is None

    evaluated = evaluation_index(run.recipe.evaluate)
    reviews = _reviews(data)

    def work(stage: Stage) -> Mapping[str, object]:
        settings = data.audit
        more, cost = dict[str, list[Verdict]](), dict[str, Any]()
        if audit_models(settings):  # they alone see all pairs at once
            table = pairs.read()
            if reviews:
                table = to_table(Pair, as_edited(from_table(Pair, table), reviews))
            more, cost = model_verdicts(run, table, settings, evaluated, stage, f"audit {name}")
        check = partial(audit_pairs, settings=settings, index=evaluated, refuse=refuse, more=more, reviews=reviews)
        # A user's own check may hold what no other process can be sent.
        counts = map_table(stage, pairs, check, f"audit {name}", ALONE if data.audit.checks else run.workers)
        check_rows(stage.tables("verdicts"), CHECKS_FIELD, data.audit.checks)
        # A benchmark that is added later is looked for in the pairs; where it is in none of them, nothing is trained again.
        accepted = [id for table in stage.tables() for id in table.column("id").to_pylist()]
        edits = [outcomes_identity(reviews)] if reviews else []
        identity = digest(pairs.key, *accepted, *edits, size=16)
        return {**counts, **cost, "evaluated": evaluated.counts, "rows_identity": identity}

    inputs = {
        "pairs": pairs.key,
        "evaluated": evaluated.identity,
        **audit_models(data.audit),
        **key_inputs(CHECKS_FIELD, data.audit.checks),
        **({"reviews": outcomes_identity(reviews)} if reviews else {}),
    }
    return run.make(Label("audit", data=name), AUDIT_VERSION, {"audit": data.audit, "refuse": refuse}, inputs, work)


def _reviews(data: DataSettings) -> Outcomes:
    """What people decided about a data set's pairs; nothing of a control, which has the ids of another but not its texts."""
    return load_reviews(Path(data.audit.reviews)) if data.audit.reviews and data.teach.like is None else {}
