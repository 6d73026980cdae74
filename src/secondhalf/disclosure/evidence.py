"""What a run knows of its model and its data: read once, for every document."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from secondhalf.analysis.facts import Facts, FunnelStep, InstructionShare
from secondhalf.analysis.funnel import FUNNEL, step
from secondhalf.analysis.instruction_share import instruction_shares
from secondhalf.analysis.results import Results
from secondhalf.analysis.tables import RunTables
from secondhalf.certify.exported import exported_model
from secondhalf.disclosure.check_counts import BenchmarkOverlap, CheckCount, check_counts, overlaps
from secondhalf.disclosure.training_data import HashedFile, ModelUsed, TrainingData, training_data
from secondhalf.errors import UserError
from secondhalf.export.card import read_facts
from secondhalf.models.reference import file_hash
from secondhalf.recipe import Recipe
from secondhalf.report.words import Language
from secondhalf.runs import Run
from secondhalf.runs.trained import arm_settings, trained_label


@dataclass(frozen=True)
class DescribedModel:
    """A trained arm under one seed, as its stage has it. `manifest`: what training counted."""

    arm: str
    seed: int
    base: ModelUsed
    files: list[HashedFile]
    """The adapter's or the model's in the store; those of the export where one is named."""
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        """What documents call it, beside the run's name."""
        return f"{self.arm}-{self.seed}"


@dataclass(frozen=True)
class Evidence:
    """Everything the documents state. `facts` is None where the run has no report yet, `model` where it trains none."""

    run: Run
    language: Language
    today: date
    facts: Facts | None
    data: list[TrainingData]
    funnel: list[FunnelStep]
    checks: list[CheckCount]
    instructions: list[InstructionShare]
    overlaps: list[BenchmarkOverlap]
    model: DescribedModel | None

    @property
    def recipe(self) -> Recipe:
        """The run's recipe."""
        return self.run.recipe

    @property
    def data_names(self) -> list[str]:
        """The data sets of the recipe that the pairs are of."""
        return self.recipe.data_of(self.model.arm) if self.model else [one.name for one in self.data]

    @property
    def writers(self) -> list[ModelUsed]:
        """The models that wrote responses, each once."""
        return list(dict.fromkeys(model for one in self.data for model in one.writers))

    @property
    def of_documents(self) -> bool:
        """Whether some of the pairs are halves of documents."""
        return any(not self.recipe.data[name].baseline for name in self.data_names)

    @property
    def instruction_files(self) -> list[str]:
        """Files of instruction data among the pairs. Who wrote what is in them, and from what, a run does not know."""
        data = [self.recipe.data[name] for name in self.data_names]
        return [one.instructions.path for one in data if one.instructions]

    @property
    def people_files(self) -> list[str]:
        """Files of what people preferred, trained on after the pairs. Whether users wrote their prompts a run does not know."""
        arms = [self.model.arm] if self.model else list(self.recipe.arms)
        preferring = [prefer for name in arms if (prefer := self.recipe.arms[name].prefer)]
        return list(dict.fromkeys(prefer.people.path for prefer in preferring if prefer.people))

    @property
    def shipped(self) -> bool:
        """Whether CPython's own documentation is all that was read: how it came about is known."""
        return self.recipe.corpus.reader == "pydoc" and not self.instruction_files and not self.people_files

    def counted(self, what: str) -> dict[str, int]:
        """languages, sources, licences or hosts of all the pairs together."""
        total: dict[str, int] = {}
        for one in self.data:
            for name, count in getattr(one, what).items():
                total[name] = total.get(name, 0) + count
        return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def gather(
    run: Run, arm: str | None, seed: int | None, *, export: Path | None = None, language: Language | None = None
) -> Evidence:
    """What is known of a run, about one arm (the one that the report's verdict is about, else the only one that is trained)
    under one training seed (its first), or about its pairs where nothing is trained.

    `export`: the folder of an export of that arm, whose files are named instead of the store's. Raises UserError for an arm
    that is not there or not trained, where several could be meant, for an export of another arm, a run without pairs, and damage.
    """
    tables = RunTables(run)
    facts = read_facts(run)
    if facts is None and (run.folder / "report" / "facts.json").is_file():
        facts = Results(run).facts  # another release wrote it, or stages were made anew since: what they say counts
    name = _chosen(run, facts) if arm is None else arm
    model = _model(tables, name, seed, export) if name else None
    if export and not name:
        raise UserError(f"{run.folder.name} has no trained arm, so {export} is none of its exports.")
    data = training_data(tables, name)
    if not data:
        raise UserError(f"{run.folder.name} has no audited pairs yet: `secondhalf run RECIPE` goes on.")
    names = run.recipe.data_of(name) if name else list(run.recipe.data)
    steps = [step(label, tables) for label, stage in tables.stages.items() if label.stage in FUNNEL and stage.whole]
    return Evidence(
        run=run,
        language=language or run.recipe.report.language,
        today=datetime.now(UTC).date(),
        facts=facts,
        data=data,
        funnel=[one for one in steps if one.data in {"", name, *names}],
        checks=check_counts(tables, names),
        instructions=[row for row in instruction_shares(tables) if row.data in names],
        overlaps=overlaps(tables, names),
        model=model,
    )


def _chosen(run: Run, facts: Facts | None) -> str:
    """The arm that is meant where none is named; "" where the recipe trains none."""
    trained = [name for name, arm in run.recipe.arms.items() if arm.trained]
    deciding = facts.comparisons[0].arm if facts and facts.comparisons else ""
    if deciding in trained or len(trained) < 2:
        return deciding if deciding in trained else "".join(trained)
    raise UserError(f"{run.folder.name} trains several arms: name one of {', '.join(trained)} with --arm.")


def _model(tables: RunTables, arm: str, seed: int | None, export: Path | None) -> DescribedModel:
    run, settings = tables.run, arm_settings(tables.run, arm)
    seed = settings.train.seeds[0] if seed is None else seed
    label = trained_label(run, arm, seed)
    if not settings.trained or label not in tables or not tables.stages[label].whole:
        raise UserError(
            f"{run.folder.name} has no trained arm {arm} under the seed {seed}: `secondhalf train RECIPE` first."
        )
    stage, manifest = tables.stages[label], dict(tables.manifest(label))
    stage.check()
    folder = next((one for one in (stage.path / "adapter", stage.path / "model") if one.is_dir()), stage.path)
    root = run.store.root
    files = [
        HashedFile(path.relative_to(root).as_posix(), path.stat().st_size, file_hash(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    reference = run.recipe.students[settings.student].partition("#")[0]
    return DescribedModel(
        arm=arm,
        seed=seed,
        base=ModelUsed(reference, manifest.get("inputs", {}).get("student", "")),
        files=_exported(run, export, arm, seed) if export else files,
        manifest=manifest,
    )


def _exported(run: Run, folder: Path, arm: str, seed: int) -> list[HashedFile]:
    model, hashes = exported_model(run, folder)
    if (model.arm, model.seed) != (arm, seed):
        raise UserError(
            f"{folder} is an export of {model.arm} under the seed {model.seed}, not of {arm} under {seed}: name that one with "
            "--arm and --seed."
        )
    return [HashedFile(name, (folder / name).stat().st_size, value) for name, value in sorted(hashes.items())]
