"""The method, stage after stage: the one file that reads like the paper.

corpus -> clean -> split -> teach -> audit -> train -> evaluate -> probe -> report
"""

from pathlib import Path

from secondhalf.analysis.results import Results
from secondhalf.audit.reviews import load_reviews
from secondhalf.evaluate.benchmark_files import (
    check_checks,
    check_rubrics,
    load_baseline,
    load_benchmark,
    load_difficulties,
)
from secondhalf.evaluate.leaderboard.tasks import task_prompts
from secondhalf.evaluate.safety.items import load_items
from secondhalf.evaluate.safety.toxicity import load_classifier
from secondhalf.extensions.function import load_function
from secondhalf.models.generation import vllm_student
from secondhalf.report.page import write
from secondhalf.runs import Label, OpenRun
from secondhalf.runs.labels import METHOD
from secondhalf.steps.answers import answer_prompts, arms_of_one_model, everyday_prompts
from secondhalf.steps.arms import Arms, check_students
from secondhalf.steps.benchmarks import Benchmarks
from secondhalf.steps.data import clean, corpus, data_sets, halves
from secondhalf.steps.left import check_left
from secondhalf.steps.pilots import make_pilots
from secondhalf.steps.pins import pin_revisions
from secondhalf.steps.templates import fix_templates
from secondhalf.store import Stage
from secondhalf.train.prefer.people import load_people


def run_pipeline(run: OpenRun, until: str = "report") -> Path | None:
    """Carries a run through its stages up to `until`. Returns the report's path when it comes that far."""
    wanted = METHOD[: METHOD.index(until) + 1]
    run.last_stage = until
    pin_revisions(run)
    # A function or a file that is missing is told now, not after hours of teaching and training.
    for field, path in run.recipe.functions():
        load_function(path, field, again=True)
    _check_people(run)
    if "evaluate" in wanted:
        if run.recipe.evaluate.engine == "vllm":
            vllm_student.check_vllm()
        if run.recipe.evaluate.safety.enabled:
            load_items(run.recipe.evaluate.safety)
            load_classifier(run.recipe.evaluate.safety)
        if run.recipe.evaluate.leaderboard.tasks:
            task_prompts(run.recipe.evaluate.leaderboard)
        for benchmark in run.recipe.evaluate.benchmarks:
            load_benchmark(benchmark)
            check_checks(benchmark, run.recipe.evaluate.own.checks)
            check_rubrics(benchmark, len(run.recipe.evaluate.judging.judges))
            if benchmark.baseline and not benchmark.baseline_arm:
                load_baseline(benchmark)
            if benchmark.difficulty:
                load_difficulties(benchmark)
    if "train" in wanted:  # and so is what no student could be trained with, before the teacher is paid
        fix_templates(run)
        check_students(run)
    data = _documents_to_pairs(run, wanted) if run.recipe.data or "train" not in wanted else {}
    _arms(run, Arms(run, data), wanted)
    return write(Results(run).facts, run.folder / "report") if "report" in wanted else None


def _check_people(run: OpenRun) -> None:
    """Raises UserError for a file of people's decisions or preferences that cannot be read."""
    for data_set in run.recipe.data.values():
        if data_set.audit.reviews:
            load_reviews(Path(data_set.audit.reviews))
    for name, arm in run.recipe.arms.items():
        if arm.prefer and arm.prefer.people:
            load_people(arm.prefer.people, name)


def run_pilots(run: OpenRun) -> dict[str, Stage]:
    """The pilot of every data set that a teacher writes, and nothing after it; by data set."""
    pin_revisions(run)
    for field, path in run.recipe.functions():
        load_function(path, field, again=True)
    return make_pilots(run, halves(run, _cleaned(run)))


def _documents_to_pairs(run: OpenRun, wanted: tuple[str, ...]) -> dict[str, Stage]:
    documents = _cleaned(run) if "clean" in wanted else check_left(run, corpus(run), "corpus")
    return data_sets(run, documents, wanted) if "split" in wanted else {}


def _cleaned(run: OpenRun) -> Stage:
    distinct = clean(run, check_left(run, corpus(run), "corpus"))
    check_left(run, run.stage(Label("clean")), "clean")
    return check_left(run, distinct, "deduplicate")


def _arms(run: OpenRun, arms: Arms, wanted: tuple[str, ...]) -> None:
    if "train" in wanted:
        arms.compose()
        arms.check_enough_pairs()
        for name in run.recipe.arms:
            arms.perplexity(name)
        arms.release()
        for name, seed in arms.trained():
            arms.adapter(name, seed)
    if "evaluate" in wanted:
        _evaluate(run, arms)
    if "probe" in wanted and (run.recipe.probes.pairs or run.recipe.probes.documents):
        for name, seed in arms.trained():
            arms.probe(name, seed)


def _evaluate(run: OpenRun, arms: Arms) -> None:
    settings, benchmarks = run.recipe.evaluate, Benchmarks(run, arms)
    if benchmarks.judged:
        benchmarks.account()
    for members in arms_of_one_model(arms):
        answered = answer_prompts(arms, everyday_prompts(settings), members)
        benchmarks.answer(members)
        for (name, seed), answers in zip(members, answered, strict=True):
            arms.evaluate(name, seed, answers)
            if settings.leaderboard.tasks:
                benchmarks.leaderboard(name, seed)
            if settings.safety.enabled:
                benchmarks.safety(name, seed)
            for benchmark in settings.benchmarks:
                if benchmark.baseline_arm != name:
                    benchmarks.score(benchmark, name, seed)


def arms_alone(run: OpenRun) -> Arms:
    """The arms over their audited data sets, none of them trained yet: what a search trains and evaluates one by one."""
    pin_revisions(run)
    fix_templates(run)
    arms = Arms(run, data_sets(run, _cleaned(run), METHOD))
    arms.check_enough_pairs()
    return arms


def scored(run: OpenRun, names: list[str]) -> dict[str, list[tuple[Stage, Stage]]]:
    """The train and evaluate stages of these arms, a pair a training seed: what a sweep compares."""
    arms = arms_alone(run)
    return {name: scored_arm(arms, name) for name in run.recipe.arms if name in names}


def scored_arm(arms: Arms, name: str) -> list[tuple[Stage, Stage]]:
    """The train and evaluate stages of one arm, a pair a training seed."""
    stages = []
    for seed in arms.run.recipe.arms[name].train.seeds:
        trained = arms.train(name, seed)
        answers = answer_prompts(arms, everyday_prompts(arms.run.recipe.evaluate), [(name, seed)])[0]
        stages.append((trained, arms.evaluate(name, seed, answers)))
    return stages
