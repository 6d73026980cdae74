"""The packages that engines come in."""

from importlib.util import find_spec

from secondhalf import install
from secondhalf.commands.doctor.finding import Finding
from secondhalf.commands.doctor.imports import import_troubles
from secondhalf.commands.doctor.models import here
from secondhalf.models.reference import split_engine
from secondhalf.recipe import Recipe

_ENGINES = {
    "embedded teacher (xllamacpp)": ("xllamacpp", "embedded"),
    "training (torch)": ("torch", "train"),
    "training (transformers)": ("transformers", "train"),
    "training (peft)": ("peft", "train"),
    "training in four bits (bitsandbytes)": ("bitsandbytes", "qlora"),
    "preference training (trl)": ("trl", "prefer"),
    "hub corpora (datasets)": ("datasets", "hub"),
    "PDF documents (pypdfium2)": ("pypdfium2", "documents"),
    "HTML corpora (resiliparse)": ("resiliparse", "html"),
    "crawls (fastwarc)": ("fastwarc", "html"),
    "IFEval and IFBench (langdetect)": ("langdetect", "ifeval"),
    "Open LLM Leaderboard (lm_eval)": ("lm_eval", "leaderboard"),
    "answers and teachers on a GPU (vllm)": ("vllm", "vllm"),
    "stages on a cluster (ray)": ("ray", "ray"),
    "journal in PostgreSQL (pg8000)": ("pg8000", "postgresql"),
}
_OF_READERS = {
    "hub": {"datasets"},
    "html": {"resiliparse"},
    "epub": {"resiliparse"},
    "warc": {"resiliparse", "fastwarc"},
    "pdf": {"pypdfium2"},
}


def engines(recipe: Recipe) -> list[Finding]:
    """What is installed, and whether the recipe needs it."""
    needed = {"torch", "transformers", "peft"} if recipe.arms else set()
    local = here(recipe)
    if any(map(_is_gguf, local)):
        needed.add("xllamacpp")
    if any(split_engine(model)[0] == "transformers" for model in local):
        needed |= {"torch", "transformers"}
    if any(data.taught and data.teach.choose == "student" for data in recipe.data.values()):
        needed |= {"torch", "transformers"}
    if any(arm.trained and arm.train.method == "qlora" for arm in recipe.arms.values()):
        needed.add("bitsandbytes")
    if any(arm.prefer for arm in recipe.arms.values()):
        needed.add("trl")
    needed |= _OF_READERS.get(recipe.corpus.reader, set())
    if any(benchmark.row.judged == "never" for benchmark in recipe.evaluate.benchmarks):
        needed.add("langdetect")
    if recipe.evaluate.leaderboard.tasks:
        needed.add("lm_eval")
    if recipe.evaluate.engine == "vllm" or any(split_engine(model)[0] == "vllm" for model in local):
        needed.add("vllm")
    if recipe.engine == "ray":
        needed.add("ray")
    if recipe.journal:
        needed.add("pg8000")
    installed = {module for module, _ in _ENGINES.values() if find_spec(module) is not None}
    tried = tuple(module for module, _ in _ENGINES.values() if module in needed & installed)
    troubles = import_troubles(tried) if tried else {}
    findings = []
    for name, (module, extra) in _ENGINES.items():
        message = "installed" if module in installed else f"not installed: {install.extra(extra)}"
        if module in troubles:
            message = f"installed, and cannot be loaded ({troubles[module]}): install what it names, or {install.extra(extra)}"
        ready = module in installed and module not in troubles
        findings.append(Finding(name, message, ready or module not in needed))
    return findings


def _is_gguf(model: str) -> bool:
    engine, path = split_engine(model)
    return path.partition("#")[0].endswith(".gguf") and engine in {"", "embedded"}
