"""SHA-256 hashes that say which run and which facts a decision looked at."""

from secondhalf.analysis.facts import Facts
from secondhalf.analysis.tables import RunTables
from secondhalf.rows import digest


def hash_of_run(tables: RunTables) -> str:
    """64 hex digits: of the recipe as resolved, and of every stage's place and manifest, which holds its files' checksums."""
    parts = [(tables.run.folder / "recipe.yaml").read_text("utf-8")]
    for label, link in sorted(tables.links.items(), key=lambda item: str(item[0])):
        parts += [str(label), link.stage, str(tables.manifest(label).get("checksum", ""))]
    return digest(*parts, size=64)


def hash_of_facts(facts: Facts) -> str:
    """64 hex digits: of all that follows from the run's stages, so without the date and the machine that looked at them."""
    return digest(facts.model_copy(update={"created": "", "provenance": []}).model_dump_json(), size=64)
