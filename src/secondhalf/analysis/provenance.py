"""Which code, packages, machine, texts, models and settings made the run."""

from secondhalf.analysis.facts import ProvenanceEntry
from secondhalf.analysis.tables import RunTables
from secondhalf.evaluate.everyday.prompts import EVERYDAY_VERSION
from secondhalf.store.environment import current_environment


def provenance(tables: RunTables) -> list[ProvenanceEntry]:
    """One entry a fact: hashes of models, texts and prompts, the stages' keys, versions, and the recipe as resolved."""
    folder, recipe, stages = tables.run.folder, tables.recipe, tables.stages
    here = current_environment()
    # Of files, and of the functions of the user's that the recipe names.
    hashed = {"model", "draft", "student", "texts", "prompts", *(field for field, _ in recipe.functions())}
    identities = {
        f"{key} ({label})": value
        for label in stages
        for key, value in tables.manifest(label)["inputs"].items()
        if key.partition(" ")[0] in hashed  # "model NAME" is one of several teachers
    }
    entries = {
        "secondhalf run": f"{folder.name}: secondhalf run {folder}/recipe.yaml",
        "code revision": here["revision"] or "an installed package",
        "packages": "\n".join(f"{name} {version}" for name, version in here["packages"].items()),
        "python": here["python"],
        "machine": here["machine"],
        "corpus licence": recipe.corpus.licence or "not stated in the recipe",
        "everyday prompts": f"version {EVERYDAY_VERSION}, part {recipe.evaluate.part}",
        "hashes": "\n".join(f"{name}: {value}" for name, value in identities.items()),
        "stages": "\n".join(f"{label}: {stage.name}/{stage.key}" for label, stage in stages.items()),
        "recipe, resolved": (folder / "recipe.yaml").read_text("utf-8"),
    }
    return [ProvenanceEntry(label=label, value=value) for label, value in entries.items()]
