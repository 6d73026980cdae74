"""What is installed, which engines work, and what a recipe would need in memory, hours and money before it is run.

Hours come from the size of the models and speeds measured on two AMD EPYC cores; they are an order of magnitude, and
say so. Nothing is fetched: a hub model is only named.
"""

import json
import shutil
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil

from secondhalf.errors import UserError
from secondhalf.evaluate.benchmark import asked
from secondhalf.models.reference import resolve
from secondhalf.recipe import Recipe
from secondhalf.show import table

ENGINES = {
    "embedded teacher (xllamacpp)": ("xllamacpp", "embedded"),
    "training (torch)": ("torch", "train"),
    "training (transformers)": ("transformers", "train"),
    "training (peft)": ("peft", "train"),
    "hub corpora (datasets)": ("datasets", "hub"),
    "IFEval and IFBench (langdetect)": ("langdetect", "ifeval"),
}
# Two cores: SmolLM2-135M as a 98 MB GGUF wrote 118 tokens/s; Gemma-3-270m (253 MB GGUF) trained 250 tokens/s, bf16.
_TEACH = 118 * 98e6
_TRAIN = 250 * 253e6
_GGUF_TO_TRAINING = 10  # bytes of memory in training per byte of a 4-bit GGUF: bf16 weights, activations, logits
_FOLDER_TO_TRAINING = 4
_SPLIT_WORDS_TO_TOKENS = 1.4
_USUAL_LENGTH = 0.6  # a reply's usual length against its limit


@dataclass(frozen=True)
class Finding:
    """One line of the examination. `ready` is false when the recipe cannot run as it is."""

    what: str
    found: str
    ready: bool


def examine(recipe: Recipe, store: Path, *, as_json: bool) -> int:
    """Prints the findings; returns 0 when the recipe can run here, else 2."""
    findings = [*_engines(recipe), *_models(recipe), *_benchmarks(recipe), *_needs(recipe, store)]
    if as_json:
        print(json.dumps({"findings": [asdict(finding) for finding in findings]}, ensure_ascii=False))
    else:
        rows = [[f.what, f.found, "ok" if f.ready else "MISSING"] for f in findings]
        print(table(rows, ["what", "found", ""]))
    return 0 if all(finding.ready for finding in findings) else 2


def _engines(recipe: Recipe) -> list[Finding]:
    needed = {"torch", "transformers", "peft"} if recipe.arms else set()
    if any(_is_gguf(data.teach.model) for data in recipe.data.values()):
        needed.add("xllamacpp")
    if recipe.corpus.reader == "hub":
        needed.add("datasets")
    if recipe.evaluate.benchmarks:
        needed.add("langdetect")
    found = []
    for name, (module, extra) in ENGINES.items():
        there = find_spec(module) is not None
        told = "installed" if there else f"not installed: pip install 'secondhalf[{extra}]'"
        found.append(Finding(name, told, there or module not in needed))
    return found


def _is_gguf(model: str) -> bool:
    return model.partition("#")[0].endswith(".gguf")


def _models(recipe: Recipe) -> list[Finding]:
    teachers = {f"teacher of {name}": data.teach.model for name, data in recipe.data.items()}
    students = {f"student {name}": reference for name, reference in recipe.students.items()}
    return [_model(what, reference) for what, reference in {**teachers, **students}.items()]


def _model(what: str, reference: str) -> Finding:
    if reference == "original" or reference.startswith("dummy"):
        return Finding(what, f"{reference}: no model needed", True)
    if reference.startswith("hf:"):
        return Finding(what, f"{reference}: fetched from the hub when it is run", True)
    try:
        model = resolve(reference)
    except UserError as error:
        return Finding(what, str(error), False)
    return Finding(what, f"{model.path.name}, {_size(model.path) / 1e6:.0f} MB, hash {model.identity[:12]}", True)


def _benchmarks(recipe: Recipe) -> list[Finding]:
    found = []
    for benchmark in recipe.evaluate.benchmarks:
        what = f"benchmark {benchmark.name}"
        if benchmark.path.startswith("hf:"):
            found.append(Finding(what, f"{benchmark.path}: fetched from the hub when it is run", True))
            continue
        try:
            found.append(Finding(what, f"{len(asked(benchmark)[0])} prompts", True))
        except UserError as error:
            found.append(Finding(what, str(error), False))
    return found


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else sum(file.stat().st_size for file in path.glob("*.safetensors"))


def _needs(recipe: Recipe, store: Path) -> list[Finding]:
    pairs = recipe.corpus.sample
    teach_hours = train_hours = 0.0
    memory = 0.0
    for data in recipe.data.values():
        size = _local_size(data.teach.model)
        if size:
            tokens = pairs * data.teach.sampling.max_tokens * _USUAL_LENGTH
            teach_hours += tokens / (_TEACH / size) / 3600
            memory = max(memory, 2.0 * size)
    for arm in recipe.arms.values():
        reference = recipe.students[arm.student]
        size = _local_size(reference)
        if not size:
            continue
        factor = _GGUF_TO_TRAINING if _is_gguf(reference) else _FOLDER_TO_TRAINING
        memory = max(memory, factor * size)
        if arm.data:
            split = recipe.data[next(iter(arm.data))].split
            words = split.max_prompt_words or 300
            reply = recipe.teach.sampling.max_tokens * _USUAL_LENGTH
            tokens = pairs * (words * _SPLIT_WORDS_TO_TOKENS + reply) * arm.train.epochs
            as_gguf = size if _is_gguf(reference) else size / 2.1
            train_hours += len(arm.train.seeds) * tokens / (_TRAIN / as_gguf) / 3600
    free = psutil.virtual_memory().available
    store.mkdir(parents=True, exist_ok=True)
    disk = shutil.disk_usage(store).free
    price = recipe.report.hourly_price
    money = "unknown: set report.hourly_price to what an hour of this machine costs"
    if price is not None:
        money = f"about {(teach_hours + train_hours) * price:.2f} {recipe.report.currency} at {price} an hour"
    return [
        Finding("memory", f"about {memory / 1e9:.1f} GB needed, {free / 1e9:.1f} GB free", memory < free),
        Finding("disk", f"{disk / 1e9:.1f} GB free in {store}", disk > 2e9),
        Finding("hours", f"about {teach_hours:.1f} to teach, {train_hours:.1f} to train on two cores (rough)", True),
        Finding("money", money, True),
    ]


def _local_size(reference: str) -> int:
    if reference == "original" or reference.startswith(("dummy", "hf:")):
        return 0
    try:
        return _size(resolve(reference).path)
    except UserError:
        return 0
