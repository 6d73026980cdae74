"""Which prompts belong together, for results by task category and by language: a table beside the scores."""

import pyarrow as pa

from secondhalf.store import Stage

KINDS = ("category", "language")
GROUPS = pa.schema([(name, pa.string()) for name in ("id", "kind", "group")])


def write_groups(stage: Stage, kind: str, groups: dict[str, str]) -> None:
    """Writes one kind (category, language) of a stage's prompts, by their ids."""
    rows = [{"id": id, "kind": kind, "group": group} for id, group in sorted(groups.items())]
    stage.write("groups", KINDS.index(kind), pa.Table.from_pylist(rows, schema=GROUPS))


def read_groups(stage: Stage) -> dict[str, dict[str, str]]:
    """kind -> prompt id -> group; empty for a stage without groups."""
    groups: dict[str, dict[str, str]] = {}
    for table in stage.tables("groups"):
        for row in table.to_pylist():
            groups.setdefault(row["kind"], {})[row["id"]] = row["group"]
    return groups
