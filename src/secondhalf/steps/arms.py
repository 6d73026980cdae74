"""The arms of one run: what each is trained on, its adapter, its answers, and what it remembers."""

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from secondhalf.evaluate.everyday.prompts import EVERYDAY_VERSION
from secondhalf.evaluate.everyday.stage import EVERYDAY_STAGE_VERSION, score_everyday
from secondhalf.evaluate.minimal_pairs.pairs import MINIMAL_PAIRS_VERSION
from secondhalf.evaluate.minimal_pairs.stage import score_minimal_pairs, select_minimal_pairs
from secondhalf.evaluate.temperature import TEMPERATURE_VERSION, fit_temperature
from secondhalf.models.chat.student_check import check_student
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.reference import Model, resolve
from secondhalf.models.weights.convert import student_folder
from secondhalf.models.weights.load import needs_bitsandbytes
from secondhalf.probe.replies import PERPLEXITY_VERSION, measure_replies
from secondhalf.probe.stage import PROBE_VERSION, probe_model
from secondhalf.recipe.arms import ArmSettings
from secondhalf.recipe.recipe import source_of
from secondhalf.rows import Score, to_table
from secondhalf.runs import Label, OpenRun
from secondhalf.steps.enough import check_enough
from secondhalf.steps.preferred import preferred
from secondhalf.steps.students import pairs_of, student_of, transferred
from secondhalf.store import Stage
from secondhalf.train.prefer.dpo import check_trl_installed
from secondhalf.train.stage import TRAIN_VERSION, train_arm

ArmSeed = tuple[str, int | None]
"""An arm and a training seed, None where nothing is trained."""


def check_students(run: OpenRun) -> None:
    """Raises UserError for a student that could not be trained with its template or answer under it, unless this run did so."""
    links = run.links()
    checked: set[tuple[str, Template]] = set()  # a large vocabulary takes seconds to read
    for name, arm in run.recipe.arms.items():
        is_trained = all(Label("train", arm=name, seed=seed) in links for seed in arm.train.seeds)
        is_done = is_trained if arm.trained else Label("evaluate", arm=name) in links
        under = arm.student, arm.train.template
        if not is_done and under not in checked and source_of(run.recipe, arm.student) is None:
            student = resolve(run.recipe.students[arm.student])
            check_student(student_folder(student.path, student.identity), arm.train.template)
            checked.add(under)
        if arm.prefer and not all(Label("prefer", arm=name, seed=seed) in links for seed in arm.train.seeds):
            check_trl_installed()
        if arm.trained and not is_trained and arm.train.method == "qlora":
            needs_bitsandbytes()


@dataclass(frozen=True)
class Arms:
    """The stages of a run's arms, each made when it is asked for. `data`: the audited data sets, by name.

    A `seed` is a training seed; None where nothing is trained.
    """

    run: OpenRun
    data: dict[str, Stage]

    def trained(self) -> Iterator[tuple[str, int]]:
        """Every arm that is trained, with each of its seeds."""
        for name, arm in self.run.recipe.arms.items():
            if arm.trained:
                for seed in arm.train.seeds:
                    yield name, seed

    def answering(self) -> Iterator[ArmSeed]:
        """Every model that answers: the untouched arms once, the others for each seed. Arms of one student together."""
        for name, arm in sorted(self.run.recipe.arms.items(), key=lambda item: item[1].student):
            for seed in arm.train.seeds if arm.trained else [None]:
                yield name, seed

    def compose(self) -> None:
        """Makes what the arms are trained on: a share that cannot be had is told before anything is trained."""
        for name, arm in self.run.recipe.arms.items():
            if arm.composed:
                self._pairs(name)

    def check_enough_pairs(self) -> None:
        """Raises UserError for arms with too few pairs to be trained."""
        arms = {name: arm for name, arm in self.run.recipe.arms.items() if arm.data and not arm.adapter_from}
        check_enough(self.run, {name: self._pairs(name).rows() for name in arms})

    def train(self, name: str, seed: int) -> Stage:
        """The arm fine-tuned, or another arm's adapter carried over."""
        arm = self._arm(name)
        if arm.adapter_from:
            return transferred(self.run, name, seed, self.adapter(arm.adapter_from, seed), self._student)
        pairs, student = self._pairs(name), self._student(arm.student)

        def work(stage: Stage) -> dict[str, object]:
            label = f"train {name} seed {seed}"
            return train_arm(pairs, student, arm.train, seed, stage, label, self.run.folder, self.run.workers)

        inputs = {"pairs": pairs.rows_identity, "student": student.identity}
        return self.run.make(
            Label("train", arm=name, seed=seed), TRAIN_VERSION, {"train": arm.train, "seed": seed}, inputs, work
        )

    def adapter(self, name: str, seed: int) -> Stage:
        """The stage whose adapter answers for the arm: fine-tuned, and where the arm wants it preference-trained."""
        tuned, arm = self.train(name, seed), self._arm(name)
        if not arm.prefer:
            return tuned
        return preferred(self.run, name, seed, self.data, tuned, self._student(arm.student))

    def evaluate(self, name: str, seed: int | None, answers: Stage) -> Stage:
        """What the answers to the everyday prompts are worth, the likelihoods of right responses, and the minimal pairs."""
        settings, template = self.run.recipe.evaluate, self.template(name)
        label = Label("evaluate", arm=name, seed=seed)
        inputs = {**self.inputs(name, seed), "everyday": str(EVERYDAY_VERSION), "answers": answers.key}

        def work(stage: Stage) -> dict[str, object]:
            model, pairs = self.loaded(name, seed), select_minimal_pairs(settings)
            counts = score_everyday(model, template, settings, answers, stage, label.title, whole=whole)
            stage.write("part", 1, to_table(Score, score_minimal_pairs(model, template, pairs, stage, label.title)))
            return {**counts, "minimal_pairs": len(pairs)}

        whole = seed is not None and self.base_and_adapter(name, seed)[1] is None
        # Arms that were trained whole had a divergence from themselves, 0, before this 1.
        version = (*EVERYDAY_STAGE_VERSION, MINIMAL_PAIRS_VERSION, *((1,) if whole else ()))
        return self.run.make(label, version, {"evaluate": settings, "template": template}, inputs, work)

    def perplexity(self, name: str) -> None:
        """What the arm's replies are to its student before training; nothing where the recipe wants none measured."""
        arm, probes = self._arm(name), self.run.recipe.probes
        if not arm.trained or arm.adapter_from or not probes.replies:
            return
        pairs, label = self._pairs(name), Label("perplexity", arm=name)

        def work(stage: Stage) -> dict[str, object]:
            model = self.in_memory(self._student(arm.student))
            model.use(None)
            table, most, seed = pairs.read(), probes.replies, probes.seed
            return {**measure_replies(model, self.template(name), table, most, seed, stage, label.title)}

        inputs = {"student": self._student(arm.student).identity, "pairs": pairs.rows_identity}
        settings = {"replies": probes.replies, "seed": probes.seed, "template": self.template(name)}
        self.run.make(label, PERPLEXITY_VERSION, settings, inputs, work)

    def release(self) -> None:
        """Lets the student in memory go: training loads its own."""
        _loaded.clear()
        gc.collect()

    def probe(self, name: str, seed: int) -> None:
        """What a trained arm remembers and has forgotten, and what its student, before, says of the same pairs."""
        arm = self._arm(name)
        source = arm.adapter_from or name
        if arm.student != self._arm(source).student:
            return  # an adapter that was carried over is probed where it was trained
        # A reply without its prompt is looked for under the prompt that it was taught under.
        taught = self._arm(source)
        pairs = self.data[next(iter(taught.data))] if taught.pairing == "none" else self._pairs(source)
        refused = self.train(source, seed).read("rejects").column("id").to_pylist()
        for one in (None, seed):
            label = Label("probe", arm=name, seed=one)

            def work(stage: Stage, one: int | None = one, label: Label = label) -> dict[str, object]:
                model, title = self.loaded(name, one), label.title
                return probe_model(model, pairs.read(), refused, arm.train, self.run.recipe.probes, stage, title)

            inputs = {**self.inputs(name, one), "pairs": pairs.rows_identity}
            self.run.make(label, PROBE_VERSION, {"probes": self.run.recipe.probes, "train": arm.train}, inputs, work)

    def _arm(self, name: str) -> ArmSettings:
        return self.run.recipe.arms[name]

    def _pairs(self, name: str) -> Stage:
        return pairs_of(self.run, name, self.data, self._student)

    def _student(self, name: str) -> Model:
        """The model of a student; one that is an arm is trained before it is used."""
        return student_of(self.run, name, self.adapter)

    def inputs(self, name: str, seed: int | None) -> dict[str, str]:
        """What determines the model that answers for an arm: its student, its adapter, and a temperature other than 1."""
        adapter, temperature = "" if seed is None else self.adapter(name, seed).key, self.temperature(name, seed)
        digits = f"{temperature:.4f}"
        if self._arm(name).temperature != "fitted" and float(digits) != temperature:
            digits = repr(temperature)  # none that is written in the recipe counts as another
        at = {} if temperature == 1 else {"temperature": digits}
        return {"student": self._student(self._arm(name).student).identity, "adapter": adapter, **at}

    def template(self, name: str) -> Template:
        """The template that an arm is trained and asked with."""
        return self._arm(name).train.template

    def base_and_adapter(self, name: str, seed: int | None) -> tuple[Model, Path | None]:
        """The model that answers for an arm, and the adapter on it."""
        student, trained = self._student(self._arm(name).student), None if seed is None else self.adapter(name, seed)
        if trained and (trained.path / "model").is_dir():  # trained whole
            return Model(name, trained.path / "model", trained.key), None
        return student, trained.path / "adapter" if trained else None

    def temperature(self, name: str, seed: int | None) -> float:
        """What the logits of a model that answers for an arm are divided by; fitted where the recipe says so.

        A trained arm's student, before, answers as it is: seed None.
        """
        arm, template = self._arm(name), self.template(name)
        if arm.trained and seed is None:
            return 1.0
        if arm.temperature != "fitted":
            return arm.temperature
        student, languages = self._student(arm.student), self.run.recipe.evaluate.languages or ["en", "ja"]

        def work(stage: Stage) -> dict[str, object]:
            model = self.in_memory(student)
            model.use(None)
            return {"temperature": fit_temperature(model, template, languages, f"temperature {name}")}

        inputs = {"student": student.identity, "everyday": str(EVERYDAY_VERSION)}
        label = Label("temperature", arm=name)
        stage = self.run.make(label, TEMPERATURE_VERSION, {"template": template, "languages": languages}, inputs, work)
        return float(stage.manifest["temperature"])

    def in_memory(self, model: Model, temperature: float = 1.0) -> StudentModel:
        """The model, its logits divided by `temperature`. One at a time: arms that share it are evaluated one after the other."""
        self.run.workers.free()
        student = _load(model, self.run.recipe.evaluate.engine)
        student.temperature = temperature
        return student

    def loaded(self, name: str, seed: int | None) -> StudentModel:
        """The model that answers for an arm, with its adapter."""
        student, adapter = self.base_and_adapter(name, seed)
        model = self.in_memory(student, self.temperature(name, seed))
        model.use(adapter)
        return model


_loaded: dict[tuple[Model, str], StudentModel] = {}
"""The student in memory, by its model and engine: one or none."""


def _load(student: Model, engine: str) -> StudentModel:
    """The student, loaded after the one before was let go: memory need not hold two."""
    if (student, engine) not in _loaded:
        _loaded.clear()
        gc.collect()  # a model and its adapters refer to each other
        _loaded[student, engine] = StudentModel(student_folder(student.path, student.identity), engine)
    return _loaded[student, engine]
