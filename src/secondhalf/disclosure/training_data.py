"""What the pairs of a run are: how many, in which languages, from which sources under which licences, and who wrote them."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyarrow as pa

from secondhalf.analysis.tables import RunTables
from secondhalf.models.reference import file_hash
from secondhalf.recipe.arms import DataSettings
from secondhalf.runs import Label
from secondhalf.store.parts import in_order

_SHA256 = re.compile(r"[0-9a-f]{64}")
_CLEANED = (Label("deduplicate"), Label("clean"), Label("corpus"))


@dataclass(frozen=True)
class ModelUsed:
    """A model that wrote or was trained: its reference in the recipe, and the hash that the run has of it ("": none)."""

    reference: str
    identity: str = ""

    @property
    def sha256(self) -> str:
        """The identity where it is a hash; "" where it is the name that a server gives its model, or an arm's key."""
        return self.identity if _SHA256.fullmatch(self.identity) else ""


@dataclass(frozen=True)
class HashedFile:
    """A file by its path below the store (or an export's folder), its size in bytes and its SHA-256 as hex."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class TrainingData:
    """The pairs of one data set, or those that an arm is composed of. Counts are of pairs, the most frequent first."""

    name: str
    label: Label
    """The stage that holds the pairs."""
    pairs: int
    size: int
    """UTF-8 bytes of prompts and responses."""
    columns: list[str]
    languages: dict[str, int]
    sources: dict[str, int]
    licences: dict[str, int]
    """"" is a text of which none is recorded."""
    hosts: dict[str, int]
    """Of texts whose address is one of the web."""
    unsourced: int
    """Pairs that were made of no document."""
    writers: list[ModelUsed]
    """Models that wrote responses; empty for the texts' own second halves and for instruction data."""
    files: list[HashedFile]


def training_data(tables: RunTables, arm: str = "") -> list[TrainingData]:
    """What an arm is trained on; without an arm all data sets whose pairs are audited.

    Data sets that the run has not come to are left out.
    """
    names = tables.recipe.data_of(arm) if arm else list(tables.recipe.data)
    source = (tables.recipe.arms[arm].adapter_from or arm) if arm else ""
    composed = Label("compose", arm=source) if source else None
    if composed and composed in tables and tables.stages[composed].whole:
        return [_of_stage(tables, source, composed, names)]
    labels = {name: Label("audit", data=name) for name in names}
    return [
        _of_stage(tables, name, label, [name])
        for name, label in labels.items()
        if label in tables and tables.stages[label].whole
    ]


def _of_stage(tables: RunTables, name: str, label: Label, names: Sequence[str]) -> TrainingData:
    pairs, stage = tables.table(label), tables.stages[label]
    documents = _documents(tables, pairs.column("document").to_pylist())
    texts = [text for column in ("prompt", "response") for text in pairs.column(column).to_pylist()]
    return TrainingData(
        name=name,
        label=label,
        pairs=pairs.num_rows,
        size=sum(len(text.encode("utf-8", "surrogatepass")) for text in texts),
        columns=pairs.column_names,
        languages=_counted(pairs.column("language").to_pylist()),
        sources=_counted(row["source"] for row in documents if row),
        licences=_counted(row["licence"] for row in documents if row),
        hosts=_counted(filter(None, (_host(row["url"]) for row in documents if row))),
        unsourced=sum(row is None for row in documents),
        writers=list(dict.fromkeys(model for one in names for model in _writers(tables, one))),
        files=[
            HashedFile(path.relative_to(tables.run.store.root).as_posix(), path.stat().st_size, file_hash(path))
            for path in in_order(stage.path.glob("part-*.parquet"))
        ],
    )


def documents_by_id(tables: RunTables) -> dict[str, dict[str, str]]:
    """Source, licence and address of the documents that the pairs were made of; none where the run has read none."""
    label = next((one for one in _CLEANED if one in tables and tables.stages[one].whole), None)
    if label is None:
        return {}
    rows: pa.Table = tables.table(label).select(["id", "source", "licence", "url"])
    return {row["id"]: row for row in rows.to_pylist()}


def _documents(tables: RunTables, ids: Sequence[str]) -> list[dict[str, str] | None]:
    """Source, licence and address of each pair's document; None for a pair that was made of none."""
    by_id = documents_by_id(tables)
    return [by_id.get(id) for id in ids]


def _writers(tables: RunTables, name: str) -> list[ModelUsed]:
    settings: DataSettings = tables.recipe.data[name]
    if settings.instructions or (settings.teach.original and not settings.magpie):
        return []
    inputs = _inputs(tables, Label("teach", data=name)) | _inputs(tables, Label("audit", data=name))
    if settings.magpie:
        return [ModelUsed(_bare(settings.magpie.model), inputs.get("model", ""))]
    teachers = settings.teach.by_teacher().items()
    models = [ModelUsed(_bare(one.model), inputs.get(f"model {teacher}".strip(), "")) for teacher, one in teachers]
    draft = settings.teach.draft if settings.teach.drafts else None
    return [*models, *([ModelUsed(_bare(draft.model), inputs.get("draft", ""))] if draft else [])]


def _inputs(tables: RunTables, label: Label) -> dict[str, str]:
    return dict(tables.manifest(label)["inputs"]) if label in tables else {}


def _bare(reference: str) -> str:
    """A model's reference without the hash that it has to have."""
    return reference.partition("#")[0]


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items(), key=lambda item: (-item[1], item[0])))


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as a broken address in brackets
        return ""
    return (parts.hostname or "") if parts.scheme in {"http", "https"} else ""
