"""secondhalf: non-instructional fine-tuning (arXiv 2409.00096), from plain text to a model and its evidence.

load, run and find_run carry a recipe to a Run, and Results reads one; see `secondhalf.api`. The stages stand beside them as
functions, the same that `run` calls, from Arrow tables to Arrow tables:

    sample_documents   texts -> documents, written into a Stage, a folder of tables
    clean_documents, drop_duplicates, split_documents, audit_pairs   a table -> rows, rejects, verdicts
    teach_pairs        pairs -> pairs with replies, from TeacherModels(settings, Journal(path)).teacher(Budget())
    mirror_originals, shuffle_prompts, compose_pairs   what controls and mixtures are trained on
    train_arm, generate_answers, score_everyday, probe_model   pairs and a Model -> an adapter, answers, scores, in a Stage

Nothing is imported before it is asked for.
"""

from typing import TYPE_CHECKING, Any

from secondhalf.threads import sleep_when_idle

if TYPE_CHECKING:
    from secondhalf.analysis.results import Results
    from secondhalf.api import find_run, load, run
    from secondhalf.arms.compose import compose_pairs
    from secondhalf.arms.shuffle import shuffle_prompts
    from secondhalf.audit.overlap import OverlapIndex
    from secondhalf.audit.stage import audit_pairs
    from secondhalf.clean.stage import clean_documents, drop_duplicates
    from secondhalf.corpus.stage import sample_documents
    from secondhalf.errors import UserError
    from secondhalf.evaluate.answers import generate_answers
    from secondhalf.evaluate.everyday.stage import score_everyday
    from secondhalf.models.costs.budget import Budget
    from secondhalf.models.generation.student import StudentModel
    from secondhalf.models.journal.journal import Journal
    from secondhalf.models.reference import Model, resolve
    from secondhalf.probe.stage import probe_model
    from secondhalf.recipe import Recipe
    from secondhalf.runs import Run
    from secondhalf.split.stage import split_documents
    from secondhalf.store import Stage
    from secondhalf.teach.models import TeacherModels
    from secondhalf.teach.original import mirror_originals
    from secondhalf.teach.stage import teach_pairs
    from secondhalf.train.stage import train_arm

__version__ = "0.2.0"
__all__ = [
    "Budget",
    "Journal",
    "Model",
    "OverlapIndex",
    "Recipe",
    "Results",
    "Run",
    "Stage",
    "StudentModel",
    "TeacherModels",
    "UserError",
    "audit_pairs",
    "clean_documents",
    "compose_pairs",
    "drop_duplicates",
    "find_run",
    "generate_answers",
    "load",
    "mirror_originals",
    "probe_model",
    "resolve",
    "run",
    "sample_documents",
    "score_everyday",
    "shuffle_prompts",
    "split_documents",
    "teach_pairs",
    "train_arm",
]

_MODULES = {
    "Budget": "secondhalf.models.costs.budget",
    "Journal": "secondhalf.models.journal.journal",
    "Model": "secondhalf.models.reference",
    "OverlapIndex": "secondhalf.audit.overlap",
    "Recipe": "secondhalf.recipe",
    "Results": "secondhalf.analysis.results",
    "Run": "secondhalf.runs",
    "Stage": "secondhalf.store",
    "StudentModel": "secondhalf.models.generation.student",
    "TeacherModels": "secondhalf.teach.models",
    "UserError": "secondhalf.errors",
    "audit_pairs": "secondhalf.audit.stage",
    "clean_documents": "secondhalf.clean.stage",
    "compose_pairs": "secondhalf.arms.compose",
    "drop_duplicates": "secondhalf.clean.stage",
    "find_run": "secondhalf.api",
    "generate_answers": "secondhalf.evaluate.answers",
    "load": "secondhalf.api",
    "mirror_originals": "secondhalf.teach.original",
    "probe_model": "secondhalf.probe.stage",
    "resolve": "secondhalf.models.reference",
    "run": "secondhalf.api",
    "sample_documents": "secondhalf.corpus.stage",
    "score_everyday": "secondhalf.evaluate.everyday.stage",
    "shuffle_prompts": "secondhalf.arms.shuffle",
    "split_documents": "secondhalf.split.stage",
    "teach_pairs": "secondhalf.teach.stage",
    "train_arm": "secondhalf.train.stage",
}

# Here, because the policy is read when torch or llama.cpp is first loaded, and every way to them begins with this package.
sleep_when_idle()


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'secondhalf' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_MODULES[name]), name)
