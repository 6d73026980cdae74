"""Pilots that are compared: every teacher of a split writes the same first pairs, and is ranked before the rest is paid for."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.util import find_spec
from typing import Any

import pyarrow as pa

from secondhalf import install
from secondhalf.audit.stage import AUDIT_VERSION, CHECKS_FIELD, audit_pairs
from secondhalf.errors import UserError
from secondhalf.extensions.function import key_inputs
from secondhalf.extensions.verdicts import check_rows
from secondhalf.models.costs.budget import Budget
from secondhalf.models.finish import has_ended
from secondhalf.rows import Pair, from_table
from secondhalf.runs import Label, OpenRun
from secondhalf.runs.pilots import pilot_rankings
from secondhalf.steps.evaluated import evaluation_index
from secondhalf.steps.teaching import student_fit, teacher_models
from secondhalf.store import Stage
from secondhalf.teach.fit import StudentFit
from secondhalf.teach.pilot import PilotClock, PilotMeasure, check_limits
from secondhalf.teach.ranking import PILOT_PAIRS, ranking_as_text
from secondhalf.teach.settings import CHOOSE_FIELD
from secondhalf.teach.stage import TEACH_VERSION, call_totals, teach_pairs
from secondhalf.teach.unanswered import check_answered

_LOG = logging.getLogger(__name__)


def rank_before_teaching(run: OpenRun, splits: Mapping[str, Stage]) -> dict[str, Stage]:
    """The pilots of the data sets whose teachers can be compared, by data set; says who fits best.

    `splits`: the halves of the data sets that a teacher writes.
    Raises UserError where a pilot passes a limit. Data sets that this run has taught already have no pilot any more.
    """
    limits = run.recipe.pilot
    if not limits.rank or not limits.pairs:
        return {}
    large = {name: stage for name, stage in splits.items() if stage.rows() > limits.pairs}
    names = [name for together in _comparable(run, large) for name in together]
    stages = make_pilots(run, {name: splits[name] for name in names})
    for rows in pilot_rankings(run.recipe, stages):
        _LOG.info("The pilot's teachers, the best fit first:\n%s", ranking_as_text(rows))
    for name, stage in stages.items():
        measures = [PilotMeasure.of(kept) for kept in stage.manifest["measures"].values()]
        check_limits(name, splits[name].rows(), measures, limits)
    return stages


def _comparable(run: OpenRun, splits: Mapping[str, Stage]) -> list[list[str]]:
    """Data sets of one split that have different teachers between them, and are not all taught yet."""
    by_split: dict[str, dict[str, list[str]]] = {}
    for name, stage in splits.items():
        by_split.setdefault(stage.key, {})[name] = _contenders(run, name)
    groups = []
    for contenders in by_split.values():
        seen: set[str] = set()
        members = []
        for name, own in contenders.items():
            # A data set that differs in its audit alone has nobody new to compare.
            if not seen.issuperset(own):
                members.append(name)
            seen.update(own)
        if len(seen) > 1 and not all(_is_taught(run, name) for name in members):
            groups.append(members)
    return groups


def _contenders(run: OpenRun, name: str) -> list[str]:
    """What tells a data set's teachers from others: their models and how they are asked."""
    teachers = run.recipe.data[name].teach.by_teacher().values()
    return [json.dumps([one.model, one.deciding("teach")], sort_keys=True) for one in teachers]


def _is_taught(run: OpenRun, name: str) -> bool:
    stage = run.stages().get(Label("teach", data=name))
    return stage is not None and stage.whole


def make_pilots(run: OpenRun, splits: Mapping[str, Stage]) -> dict[str, Stage]:
    """A pilot of each of these data sets, which a teacher writes. Raises UserError when the recipe's pilot takes no pairs."""
    if not run.recipe.pilot.pairs:
        raise UserError("pilot.pairs is 0: set how many pairs the pilot takes.")
    fits: dict[str | None, StudentFit | None] = {}
    stages = {}
    for name, pairs in splits.items():
        student = run.recipe.fit_student(name)
        if student not in fits:
            fits[student] = _fit(run, name)
        stages[name] = _pilot(run, name, pairs, fits[student])
    for fit in fits.values():
        if fit:
            fit.close()
    return stages


def _fit(run: OpenRun, name: str) -> StudentFit | None:
    """The student to rank by; None, said once, where it cannot be had and only the ranking would need it."""
    try:
        if find_spec("torch") is None:
            raise UserError(f"torch is not installed: {install.extra('train')}.")
        return student_fit(run, name)
    except UserError as error:
        if run.recipe.data[name].teach.choose == "student":
            raise
        _LOG.warning("Teachers are ranked without likelihoods: %s", error)
        return None


def _pilot(run: OpenRun, name: str, pairs: Stage, fit: StudentFit | None) -> Stage:
    data, limits = run.recipe.data[name], run.recipe.pilot
    evaluated = evaluation_index(run.recipe.evaluate)
    settings, models = data.teach, teacher_models(run, name, fit)
    shares = {teacher: settings.teachers[teacher].share if teacher else 1.0 for teacher in settings.by_teacher()}

    def work(stage: Stage) -> Mapping[str, object]:
        first = next(pairs.batches(limits.pairs))
        rows: list[dict[str, Any]] = []
        measures: dict[str, dict[str, Any]] = {}
        reply_tables: list[pa.Table] = []
        with Budget(stage.path / "spent.json", settings.budget, run.recipe.report.hour_in_dollars) as budget:
            senders, judge, drafter = models.senders(budget), models.judge(budget), models.drafter(budget)
            for teacher, one in settings.by_teacher().items():
                clock, label = PilotClock(budget), f"pilot {name} {teacher}".strip()
                written, rejects, verdicts, extra = teach_pairs(
                    first, one, senders[teacher], label, judge, drafter=drafter, fit=models.fit
                )
                check_answered([rejects], one, first.num_rows)
                check_rows([verdicts], CHOOSE_FIELD, [one.choose])
                accepted = audit_pairs(written, data.audit, evaluated)[0]
                share = shares[teacher] / sum(shares.values())
                measures[teacher] = asdict(clock.measure(written, rejects, accepted, share))
                rows += _rows(teacher, first, written, accepted, fit, label)
                reply_tables += [extra.get("candidates", written), *([extra["drafts"]] if "drafts" in extra else [])]
            stage.write("part", 0, pa.Table.from_pylist(rows, schema=PILOT_PAIRS))
            passed = sum(row["accepted"] for row in rows)
            counts = {"rows_in": len(rows), "rows": passed, "rejected": len(rows) - passed, "measures": measures}
            return {
                **counts,
                **call_totals(reply_tables),
                "paid": budget.summary(),
                "seconds_in_all": round(budget.seconds, 2),
            }

    inputs = {
        "pairs": pairs.key,
        "evaluated": evaluated.identity,
        **models.inputs,
        **(fit.inputs if fit else {}),
        **key_inputs(CHECKS_FIELD, data.audit.checks),
    }
    version = (*TEACH_VERSION, *AUDIT_VERSION)
    return run.make(
        Label("pilot", data=name), version, {"teach": settings, "audit": data.audit, "size": limits.pairs}, inputs, work
    )


def _rows(
    teacher: str, first: pa.Table, written: pa.Table, accepted: pa.Table, fit: StudentFit | None, label: str
) -> Sequence[dict[str, Any]]:
    """A row of PILOT_PAIRS for each of the pilot's pairs."""
    passed = from_table(Pair, accepted)
    values = (
        fit.loglikelihoods([(pair.prompt, pair.response) for pair in passed], f"{label}, likelihoods") if fit else []
    )
    likelihoods = dict(zip((pair.id for pair in passed), values, strict=False))
    finishes = dict(zip(written.column("id").to_pylist(), written.column("finish").to_pylist(), strict=True))
    ids = {pair.id for pair in passed}
    return [
        {
            "id": row,
            "teacher": teacher,
            "accepted": row in ids,
            "finished": has_ended(finishes.get(row, "")),
            "loglikelihood": likelihoods.get(row),
        }
        for row in first.column("id").to_pylist()
    ]
