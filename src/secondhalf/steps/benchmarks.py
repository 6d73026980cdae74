"""A run's benchmarks, asked of its arms: what of them stood in the pairs, the answers, and what judges say of those."""

from collections.abc import Mapping, Sequence
from functools import cached_property, partial

from secondhalf.audit.benchmark_overlap import OVERLAP_VERSION, measure_overlap
from secondhalf.evaluate.answers import read_texts
from secondhalf.evaluate.benchmark import ScoringInputs
from secondhalf.evaluate.benchmark_files import load_baseline, load_benchmark, load_difficulties
from secondhalf.evaluate.judge.judges import Judges
from secondhalf.evaluate.judge_check.labelled import load_labelled
from secondhalf.evaluate.judge_check.stage import JUDGE_CHECK_VERSION, check_judges
from secondhalf.evaluate.leaderboard.stage import LEADERBOARD_VERSION, score_leaderboard
from secondhalf.evaluate.leaderboard.tasks import task_prompts, tasks_identity
from secondhalf.evaluate.own.checks import OWN_CHECKS_FIELD
from secondhalf.evaluate.safety.items import load_items
from secondhalf.evaluate.safety.stage import SAFETY_STAGE_VERSION, score_safety
from secondhalf.evaluate.safety.toxicity import TOXICITY_VERSION, Toxicity, load_classifier
from secondhalf.evaluate.settings import BenchmarkSettings
from secondhalf.extensions.function import key_inputs
from secondhalf.models.reference import resolve
from secondhalf.rows import digest
from secondhalf.runs import Label, OpenRun
from secondhalf.settings import Settings
from secondhalf.steps.answers import answer_prompts, benchmark_prompts, safety_prompts
from secondhalf.steps.arms import Arms, ArmSeed
from secondhalf.store import Stage


class Benchmarks:
    """Stages of the benchmarks, each made when it is asked for. `seed`: a training seed; None where nothing is trained."""

    def __init__(self, run: OpenRun, arms: Arms) -> None:
        self._run, self._arms, self._settings = run, arms, run.recipe.evaluate
        self._judges = Judges(self._settings.judging, run.journal, run.recipe.report.hour_in_dollars)

    def score(self, benchmark: BenchmarkSettings, name: str, seed: int | None) -> Stage:
        """The scores of an arm's answers, once it is known what of the benchmark stood in the pairs."""
        for data in self._run.recipe.data_of(name):
            self._contamination(benchmark, data)
        return self._scored(benchmark, name, seed)

    def safety(self, name: str, seed: int | None) -> Stage:
        """What an arm gets wrong, once it is known what of the set stood in its pairs."""
        settings, template = self._settings, self._arms.template(name)
        items, identity = load_items(settings.safety)
        toxic = settings.safety.toxicity
        item_texts = {item.id: item.text for item in items}
        for data in self._run.recipe.data_of(name):
            self._look("safety", item_texts, data, settings.safety, identity)
        answers = answer_prompts(self._arms, safety_prompts(settings), [(name, seed)])[0]
        label = Label("safety", arm=name, seed=seed)

        def work(stage: Stage) -> Mapping[str, object]:
            model, bar = self._arms.loaded(name, seed), label.title
            return score_safety(model, template, items, answers, settings.seed, stage, bar, self._toxicity)

        deciding = {"safety": settings.safety, "seed": settings.seed, "template": template}
        inputs = {**self._arms.inputs(name, seed), "items": identity, "answers": answers.key}
        if toxic:
            inputs["toxicity"] = f"{resolve(toxic).identity} {TOXICITY_VERSION}"
        return self._run.make(label, SAFETY_STAGE_VERSION, deciding, inputs, work)

    @cached_property
    def _toxicity(self) -> Toxicity | None:
        return load_classifier(self._settings.safety)

    def leaderboard(self, name: str, seed: int | None) -> Stage:
        """The scores of lm-eval's tasks, once it is known what of them stood in the pairs."""
        settings = self._settings.leaderboard
        texts = task_prompts(settings)
        rows = digest(*(part for item in sorted(texts.items()) for part in item))
        for data in self._run.recipe.data_of(name):
            self._look("leaderboard", texts, data, settings, rows)
        label = Label("leaderboard", arm=name, seed=seed)

        def work(stage: Stage) -> Mapping[str, object]:
            return score_leaderboard(self._arms.loaded(name, seed), settings, stage, label.title)

        inputs = {**self._arms.inputs(name, seed), "tasks": self._tasks_identity}
        return self._run.make(label, LEADERBOARD_VERSION, settings, inputs, work)

    @cached_property
    def _tasks_identity(self) -> str:
        """Reads every row of every task: once for all arms."""
        return tasks_identity(self._settings.leaderboard)

    @property
    def judged(self) -> bool:
        """Whether judges are asked about any of them."""
        return any(
            one.row.judged == "always"
            or (one.row.judged == "rubrics" and any(prompt.rubric for prompt in load_benchmark(one)[0]))
            for one in self._settings.benchmarks
        )

    def account(self) -> Stage:
        """The judges held to answers whose order is known: made before any figure of theirs is told."""
        named = self._settings.judging.labelled
        file = resolve(named) if named else None
        items = load_labelled(file.path if file else None)
        inputs = {"labelled": file.identity if file else "", **self._judges.identities}
        return self._run.make(
            Label("account"),
            JUDGE_CHECK_VERSION,
            self._settings.judging,
            inputs,
            lambda stage: check_judges(items, self._judges, stage),
        )

    def answer(self, members: Sequence[ArmSeed]) -> None:
        """The answers of arms that are `alike`, all at once, to everything that they are scored on."""
        if self._settings.safety.enabled:
            answer_prompts(self._arms, safety_prompts(self._settings), members)
        for benchmark in self._settings.benchmarks:
            first = self._first(benchmark.baseline_arm) if benchmark.baseline_arm else None
            wanted = [one for one in members if one[0] != benchmark.baseline_arm or one == first]
            if wanted:
                answer_prompts(self._arms, benchmark_prompts(benchmark, self._settings), wanted)

    def _answers(self, benchmark: BenchmarkSettings, member: ArmSeed) -> Stage:
        return answer_prompts(self._arms, benchmark_prompts(benchmark, self._settings), [member])[0]

    def _first(self, name: str) -> ArmSeed:
        """An arm with its first seed."""
        arm = self._run.recipe.arms[name]
        return name, arm.train.seeds[0] if arm.trained else None

    def _scored(self, benchmark: BenchmarkSettings, name: str, seed: int | None) -> Stage:
        """The answers are a stage of their own: another judge asks for none again."""
        row, answers, (prompts, identity) = (
            benchmark.row,
            self._answers(benchmark, (name, seed)),
            load_benchmark(benchmark),
        )
        inputs = {"answers": answers.key, "prompts": identity}
        settings: dict[str, Settings] = {"benchmark": benchmark}
        baseline: dict[str, str] = {}
        if row.judged != "never":
            inputs |= self._judges.identities
            settings["judging"] = self._settings.judging
        if row.baseline != "none":
            baseline, inputs["baseline"] = self._baseline(benchmark)
        difficulty = None
        if benchmark.difficulty:
            difficulty, inputs["difficulty"] = load_difficulties(benchmark)
        functions = self._settings.own.checks if row.verify_checks else {}
        if functions:
            settings["own"] = self._settings.own
            inputs |= key_inputs(OWN_CHECKS_FIELD, functions.values())
        label = Label("benchmark", arm=name, seed=seed, benchmark=benchmark.name)
        scoring = ScoringInputs(
            benchmark.name, prompts, answers, self._judges, baseline, label.title, functions, difficulty
        )
        return self._run.make(label, row.version, settings, inputs, partial(row.score, scoring))

    def _baseline(self, benchmark: BenchmarkSettings) -> tuple[dict[str, str], str]:
        """The answers that each arm's are compared with, and their hash or their stage's key."""
        arm = benchmark.baseline_arm
        if not arm:
            return load_baseline(benchmark)
        stage = self._answers(benchmark, self._first(arm))
        return read_texts(stage), stage.key

    def _contamination(self, benchmark: BenchmarkSettings, data: str) -> Stage:
        """How much of a benchmark stands in the pairs of a data set: looked up before any figure on it."""
        prompts, file = load_benchmark(benchmark)
        texts = {prompt.id: prompt.text for prompt in prompts}
        return self._look(benchmark.name, texts, data, benchmark, file)

    def _look(self, name: str, texts: dict[str, str], data: str, settings: Settings, file: str) -> Stage:
        pairs = self._arms.data[data]
        inputs = {"pairs": pairs.key, "prompts": file}
        label = Label("contamination", benchmark=name, data=data)
        return self._run.make(
            label,
            OVERLAP_VERSION,
            {name: settings},
            inputs,
            lambda stage: measure_overlap(pairs.read(), texts, stage),
        )
