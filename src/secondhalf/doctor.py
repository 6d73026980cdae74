"""What is installed, which engines work, and what a recipe would need in memory, hours and money before it is run.

Hours of teaching come from the size of the models and speeds measured on two AMD EPYC cores; they are an order of
magnitude, and say so. Training's are in train/needs.py. Nothing is fetched: a hub model is only named. What teaching
takes is estimated from a small sample of the recipe's own documents, split in a folder that is thrown away.
"""

import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil

from secondhalf.arms.make import ARM
from secondhalf.arms.settings import DataSettings
from secondhalf.baselines.instructions import found
from secondhalf.baselines.settings import MagpieSettings
from secondhalf.errors import UserError
from secondhalf.estimate import as_text
from secondhalf.evaluate.asked import asked
from secondhalf.evaluate.settings import BenchmarkSettings
from secondhalf.models.journal import Journal
from secondhalf.models.reference import engine, resolve
from secondhalf.models.size import known, size_of
from secondhalf.recipe import Recipe
from secondhalf.run import Run
from secondhalf.show import table
from secondhalf.store import Store
from secondhalf.teach.asking import REPLAY, replayed
from secondhalf.teach.forecast import Estimate, forecast, local_bytes
from secondhalf.teach.settings import TeachSettings
from secondhalf.train.needs import Device, device
from secondhalf.training_estimate import Training, trainings
from secondhalf.training_estimate import as_text as training_text

ENGINES = {
    "embedded teacher (xllamacpp)": ("xllamacpp", "embedded"),
    "training (torch)": ("torch", "train"),
    "training (transformers)": ("transformers", "train"),
    "training (peft)": ("peft", "train"),
    "preference training (trl)": ("trl", "prefer"),
    "hub corpora (datasets)": ("datasets", "hub"),
    "HTML corpora (resiliparse)": ("resiliparse", "html"),
    "crawls (fastwarc)": ("fastwarc", "html"),
    "IFEval and IFBench (langdetect)": ("langdetect", "ifeval"),
    "Open LLM Leaderboard (lm_eval)": ("lm_eval", "leaderboard"),
    "answers and teachers on a GPU (vllm)": ("vllm", "vllm"),
}
_SAMPLE = 200  # documents from which teaching is estimated


@dataclass(frozen=True)
class Finding:
    """One line of the examination. `ready` is false when the recipe cannot run as it is."""

    what: str
    found: str
    ready: bool


def examine(recipe: Recipe, store: Path, *, gpu: str | None, as_json: bool) -> int:
    """Prints the findings; returns 0 when the recipe can run here, else 2. `gpu`: train on that one instead of this machine."""
    findings = [*_engines(recipe), *_models(recipe), *_benchmarks(recipe)]
    estimates, trouble = _teaching(recipe, store) if all(f.ready for f in findings) else ([], [])
    trains_on = device(gpu)
    training = trainings(recipe, estimates, trains_on)
    findings += [*trouble, *_needs(recipe, store, estimates, training, trains_on)]
    if as_json:
        told = {
            "findings": [asdict(finding) for finding in findings],
            "estimates": [asdict(row) for row in estimates],
            "trainings": [asdict(row) for row in training],
        }
        print(json.dumps(told, ensure_ascii=False))
    else:
        rows = [[f.what, f.found, "ok" if f.ready else "MISSING"] for f in findings]
        print(table(rows, ["what", "found", ""]))
        if estimates:
            print(f"\nTeaching, from {_SAMPLE} documents:\n{as_text(estimates)}")
        if training:
            print(f"\nTraining:\n{training_text(training, trains_on, recipe.report.currency)}")
    return 0 if all(finding.ready for finding in findings) else 2


def _engines(recipe: Recipe) -> list[Finding]:
    needed = {"torch", "transformers", "peft"} if recipe.arms else set()
    here = _here(recipe)
    if any(map(_is_gguf, here)):
        needed.add("xllamacpp")
    if any(engine(model)[0] == "transformers" for model in here):
        needed |= {"torch", "transformers"}
    if recipe.corpus.reader == "hub":
        needed.add("datasets")
    if recipe.corpus.reader in {"html", "warc"}:
        needed |= {"resiliparse", "fastwarc"}
    if any(benchmark.by_code for benchmark in recipe.evaluate.benchmarks):
        needed.add("langdetect")
    if recipe.evaluate.leaderboard.tasks:
        needed.add("lm_eval")
    if recipe.evaluate.engine == "vllm" or any(engine(model)[0] == "vllm" for model in here):
        needed.add("vllm")
    found = []
    for name, (module, extra) in ENGINES.items():
        there = find_spec(module) is not None
        told = "installed" if there else f"not installed: pip install 'secondhalf[{extra}]'"
        found.append(Finding(name, told, there or module not in needed))
    return found


def _is_gguf(model: str) -> bool:
    named, place = engine(model)
    return place.partition("#")[0].endswith(".gguf") and named in {"", "embedded"}


def _models(recipe: Recipe) -> list[Finding]:
    teachers = [_source(name, data) for name, data in recipe.data.items()]
    return teachers + [
        Finding(f"student {name}", f"the arm {reference.removeprefix(ARM)}, merged when it is trained", True)
        if reference.startswith(ARM)
        else _model(f"student {name}", reference)
        for name, reference in recipe.students.items()
    ]


def _source(name: str, data: DataSettings) -> Finding:
    """Where a data set's replies come from: a server, a model of this machine, or a file of instruction data."""
    if data.instructions:
        try:
            return Finding(f"data {name}", f"{len(found(data.instructions)[0])} files of instruction data", True)
        except UserError as error:
            return Finding(f"data {name}", str(error), False)
    asked = data.magpie or data.teach
    what = f"{'model' if data.magpie else 'teacher'} of {name}"
    return _server(what, asked) if _served(asked) else _model(what, asked.model)


def _here(recipe: Recipe) -> list[str]:
    """The models that are asked on this machine."""
    asked = [data.magpie or data.teach for data in recipe.data.values() if not data.instructions]
    return [settings.model for settings in asked if not _served(settings)]


def _served(settings: TeachSettings | MagpieSettings) -> bool:
    """Whether the teacher is behind a server; a control takes the servers over and asks nobody."""
    return bool(settings.server.urls) and settings.model != "original"


def _server(what: str, settings: TeachSettings | MagpieSettings) -> Finding:
    """Whether the key is there; nobody is called."""
    try:
        settings.server.key()
    except UserError as error:
        return Finding(what, str(error), False)
    return Finding(what, f"{settings.model} at {', '.join(settings.server.urls)}", True)


def _model(what: str, reference: str) -> Finding:
    if reference == "original" or reference.startswith("dummy"):
        return Finding(what, f"{reference}: no model needed", True)
    if reference.startswith(REPLAY):
        try:
            return Finding(what, f"the replies in {replayed(reference)}", True)
        except UserError as error:
            return Finding(what, str(error), False)
    _, reference = engine(reference)
    if reference.startswith("hf:"):
        return Finding(what, f"{reference}: fetched from the hub when it is run{_facts(reference)}", True)
    try:
        model = resolve(reference)
    except UserError as error:
        return Finding(what, str(error), False)
    return Finding(what, f"{model.path.name}, {_size(model.path) / 1e6:.0f} MB, hash {model.identity[:12]}", True)


def _facts(reference: str) -> str:
    """What is known of a hub student without fetching it."""
    size, facts = size_of(reference), known().get(reference.removeprefix("hf:").partition("@")[0])
    if size is None or facts is None:
        return ""
    whose = "the paper's" if facts["paper"] else "our"
    gated = ", its licence is accepted on the hub first" if facts["gated"] else ""
    return f"; {size.parameters / 1e9:.2f} billion weights, {facts['licence']}{gated}, {whose} template {facts['template']}"


def _benchmarks(recipe: Recipe) -> list[Finding]:
    found = []
    for benchmark in recipe.evaluate.benchmarks:
        what = f"benchmark {benchmark.name}"
        if benchmark.path.startswith("hf:"):
            found.append(Finding(what, f"{benchmark.path}: fetched from the hub when it is run", True))
            continue
        try:
            found.append(Finding(what, _told(benchmark, asked(benchmark)[0]), True))
        except UserError as error:
            found.append(Finding(what, str(error), False))
    return found


def _told(benchmark: BenchmarkSettings, prompts: list[Any]) -> str:
    """How much is asked; both turns, or both orders, are two questions to a judge."""
    rubrics = sum(bool(getattr(prompt, "rubric", "")) for prompt in prompts)
    judged = 2 * len(prompts) if benchmark.judged else rubrics
    return f"{len(prompts)} prompts" + (
        f", {judged} questions to each judge for each model that answers" if judged else ""
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else sum(file.stat().st_size for file in path.glob("*.safetensors"))


def _teaching(recipe: Recipe, store: Path) -> tuple[list[Estimate], list[Finding]]:
    """What teaching will take, from a sample of documents; or why there is no saying."""
    if recipe.corpus.reader == "hub":
        told = "the corpus is on a hub: `secondhalf teach RECIPE --dry-run` fetches its sample and estimates"
        return [], [Finding("teaching", told, True)]
    from secondhalf.pipeline import carry

    sample = min(_SAMPLE, recipe.corpus.sample)
    small = recipe.model_copy(update={"corpus": recipe.corpus.model_copy(update={"sample": sample})})
    found: list[Estimate] = []
    with tempfile.TemporaryDirectory() as folder:
        run = Run(small, Path(folder, "run"), Store(Path(folder, "store")), Journal(Path(folder, "journal.sqlite")))
        try:
            run.folder.mkdir()
            carry(run, "split")
            drawn = run.stage("corpus").manifest
            # The sample grows without changing what it had, so a small one stands for the large one.
            there = min(recipe.corpus.sample, drawn["rows_in"] - drawn.get("repeated", 0))
            scale = max(1.0, there / max(1, drawn["rows"]))
            for name, data in recipe.data.items():
                if data.baseline:
                    continue
                pairs = run.stage(f"split:{name}").read()
                hour = recipe.report.hour_in_dollars
                found += forecast(name, pairs, data.teach, store / "journal.sqlite", hour, scale)
        except UserError as error:
            return [], [Finding("teaching", str(error), False)]
        finally:
            run.journal.close()
    return found, []


def _needs(
    recipe: Recipe, store: Path, estimates: list[Estimate], training: list[Training], device: Device
) -> list[Finding]:
    teach_hours = sum(row.hours or 0.0 for row in estimates)
    calls = sum(row.dollars or 0.0 for row in estimates) - teach_hours * recipe.report.hour_in_dollars
    mine = [row for row in training if row.method == "lora"]
    train_hours = sum(row.hours for row in mine)
    teacher = max((2.0 * local_bytes(model) for model in _here(recipe)), default=0.0)
    trainer = max((row.least for row in mine), default=0.0)
    free = psutil.virtual_memory().available
    fits = teacher < free and all(row.fits for row in mine)
    store.mkdir(parents=True, exist_ok=True)
    disk = shutil.disk_usage(store).free
    report = recipe.report
    money = "unknown: set report.hourly_price to what an hour of this machine costs"
    if report.hourly_price is not None:
        hours = (teach_hours + train_hours) * report.hourly_price
        money = f"about {hours:.2f} {report.currency} at {report.hourly_price} an hour"
    if calls > 0:
        money = f"about {calls:.2f} US dollars for model calls; machine: {money}"
    memory = f"{teacher / 1e9:.1f} GB to teach, {trainer / 1e9:.1f} GB to train on {device.name}"
    return [
        Finding("memory", f"{memory}, {device.memory / 1e9:.1f} GB free there", fits),
        Finding("disk", f"{disk / 1e9:.1f} GB free in {store}", disk > 2e9),
        Finding(
            "hours", f"about {teach_hours:.1f} to teach, {train_hours:.1f} to train on {device.name} (rough)", True
        ),
        Finding("money", money, True),
    ]
