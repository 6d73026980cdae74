"""Teaching one data set: its models, its budget, and the pilot of a data set whose teacher is compared with no other."""

from collections.abc import Mapping

from secondhalf.audit.stage import audit_pairs
from secondhalf.extensions.verdicts import check_rows
from secondhalf.models.costs.budget import Budget
from secondhalf.models.reference import resolve
from secondhalf.runs import Label, OpenRun
from secondhalf.steps.evaluated import evaluation_index
from secondhalf.steps.templates import fix_templates
from secondhalf.store import Stage
from secondhalf.store.mapper import map_table
from secondhalf.teach.fit import StudentFit
from secondhalf.teach.models import TeacherModels
from secondhalf.teach.original import ORIGINAL_VERSION, mirror_originals
from secondhalf.teach.pilot import PilotClock, check_limits
from secondhalf.teach.settings import CHOOSE_FIELD
from secondhalf.teach.stage import TEACH_VERSION, cost_summary, teach_all, teach_pairs
from secondhalf.teach.unanswered import check_answered


def taught(run: OpenRun, name: str, pairs: Stage, piloted: Stage | None) -> Stage:
    """The data set with its second halves. `piloted`: the stage of its pilot, where teachers were ranked.

    What that cost counts towards the budget, and the pilot is not repeated.
    """
    data = run.recipe.data[name]
    settings = data.teach
    if settings.original:

        def mirror(stage: Stage) -> Mapping[str, object]:
            return map_table(stage, pairs, mirror_originals, f"teach {name}")

        return run.make(
            Label("teach", data=name), ORIGINAL_VERSION, {"model": "original"}, {"pairs": pairs.rows_identity}, mirror
        )
    models = teacher_models(run, name, student_fit(run, name) if settings.choose == "student" else None)

    def work(stage: Stage) -> Mapping[str, object]:
        rows_in, limits = pairs.rows(), run.recipe.pilot
        hour, earlier = run.recipe.report.hour_in_dollars, piloted.manifest["paid"] if piloted else None
        with Budget(stage.path / "spent.json", settings.budget, hour, earlier=earlier) as budget:
            send, judge, drafter = models.teacher(budget), models.judge(budget), models.drafter(budget)
            if not piloted and limits.pairs and rows_in > limits.pairs:
                clock, first = PilotClock(budget), next(pairs.batches(limits.pairs))
                rows, rejects, verdicts, _ = teach_pairs(
                    first, settings, send, f"pilot {name}", judge, drafter=drafter, fit=models.fit
                )
                check_answered([rejects], settings, first.num_rows)
                check_rows([verdicts], CHOOSE_FIELD, [settings.choose])
                accepted = audit_pairs(rows, data.audit, evaluation_index(run.recipe.evaluate))[0]
                check_limits(name, rows_in, [clock.measure(rows, rejects, accepted)], limits)
            counts = teach_all(stage, pairs, settings, send, f"teach {name}", judge, drafter=drafter, fit=models.fit)
            check_rows(stage.tables("verdicts"), CHOOSE_FIELD, [settings.choose])
            if models.fit:
                models.fit.close()
            return {**counts, "model": ", ".join(settings.models), **cost_summary(stage, settings, budget)}

    # The model's identity stands for its reference: the same file under another path is the same teacher.
    inputs = {"pairs": pairs.key, **models.inputs}
    return run.make(Label("teach", data=name), TEACH_VERSION, settings, inputs, work)


def teacher_models(run: OpenRun, name: str, fit: StudentFit | None) -> TeacherModels:
    """The models that write a data set's second halves; `fit` for `choose: student`."""
    return TeacherModels(run.recipe.data[name].teach, run.journal, fit, run.recipe.draft_reference(name))


def student_fit(run: OpenRun, name: str) -> StudentFit | None:
    """The untouched student that a data set's replies are fitted to; None where the recipe does not tell which."""
    student = run.recipe.fit_student(name)
    if student:
        fix_templates(run)
    return StudentFit(resolve(run.recipe.students[student]), run.recipe.train.template) if student else None
