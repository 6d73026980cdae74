"""Writes pairs as a data set into a folder that does not exist yet: a file a split, the card, LLaMA-Factory's description.

All is written beside it under a hidden name, and gets its name when everything stands: a half data set never looks whole.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from secondhalf.errors import UserError
from secondhalf.export.new_folder import new_folder
from secondhalf.publish.card import data_set_card, public_name
from secondhalf.publish.chosen import ChosenPairs, Origin
from secondhalf.publish.forms import left_out, row_of
from secondhalf.publish.loaders import llama_factory_info, loading_lines
from secondhalf.report.words import Language
from secondhalf.rows import Pair, schema
from secondhalf.text import json_lines

CARD, DESCRIPTION = "README.md", "dataset_info.json"
_SPLITS = ("train", "validation")
_COLUMNS = {
    "messages": {"id": "string", "messages": "[{role, content}]"},
    "sharegpt": {"id": "string", "conversations": "[{from, value}]"},
    "alpaca": dict.fromkeys(("id", "instruction", "input", "output"), "string"),
    "prompt-completion": {"id": "string", "prompt": "[{role, content}]", "completion": "[{role, content}]"},
}
_ORIGIN = ("source", "licence", "url")


@dataclass(frozen=True)
class WrittenDataSet:
    """What was written: split -> file, and the counts of each split and of what was left out, by why."""

    files: dict[str, str]
    counts: dict[str, int]


def write_data_set(
    chosen: ChosenPairs, form: str, out: Path, *, place: str = "", hub: str = "", language: Language | None = None
) -> WrittenDataSet:
    """Writes the pairs in a form. `place`: what the card calls the folder, by default its path; `hub`: the data set's name on a
    hub, where the folder goes there.

    Pairs are ordered by id, and the same pairs give the same bytes. Raises UserError for a folder that exists, and where no
    pair is left.
    """
    why = {pair.id: left_out(form, pair) for pair in chosen.pairs}
    kept = [pair for pair in chosen.pairs if not why[pair.id]]
    counts = Counter(reason for reason in why.values() if reason)
    if not kept:
        raise UserError(
            f"No pair of {chosen.name} can be said as {form} ({_reasons(counts)}): `--as parquet` holds unfinished ones, "
            "and those without a prompt, too."
        )
    splits = {split: [pair for pair in kept if chosen.split(pair) == split] for split in _SPLITS}
    if not splits["train"]:
        raise UserError(
            f"All {len(kept):,} pairs of {chosen.name} are held out: lower train.held_out, or use more documents."
        )
    ending = "parquet" if form == "parquet" else "jsonl"
    files = {split: f"{split}.{ending}" for split, pairs in splits.items() if pairs}
    name = f"{chosen.run.recipe.name}_{chosen.name}"
    with new_folder(out) as folder:
        for split, file in files.items():
            _write_split(folder / file, form, splits[split], chosen.origins)
        if info := llama_factory_info(form, name, files, hub):
            # ASCII alone: LLaMA-Factory opens it in the encoding of the machine.
            (folder / DESCRIPTION).write_text(json.dumps(info, indent=2, ensure_ascii=True) + "\n", "utf-8")
        all_counts = {**{split: len(splits[split]) for split in files}, **counts}
        columns = _COLUMNS.get(form) or {field.name: str(field.type) for field in _parquet_schema()}
        lines = loading_lines(form, name, hub or place or str(out), files, on_hub=bool(hub))
        card = data_set_card(chosen, files, all_counts, columns, lines, language)
        (folder / CARD).write_text(card, "utf-8")
    return WrittenDataSet(files, all_counts)


def _reasons(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{n:,} {why.replace('_', ' ')}" for why, n in counts.items()) or "there is none"


def _write_split(path: Path, form: str, pairs: list[Pair], origins: Mapping[str, Origin]) -> None:
    if form != "parquet":
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(json_lines.line(row_of(form, pair)) + "\n" for pair in pairs)
        return
    rows = [
        row_of(form, replace(pair, teacher=public_name(pair.teacher))) | _origin(origins.get(pair.document, Origin()))
        for pair in pairs
    ]
    # Hubs and loaders read such a file in small pieces.
    pq.write_table(pa.Table.from_pylist(rows, schema=_parquet_schema()), path, compression="zstd", row_group_size=1000)


def _origin(origin: Origin) -> dict[str, str]:
    return {name: getattr(origin, name) for name in _ORIGIN}


def _parquet_schema() -> pa.Schema:
    return pa.schema([*schema(Pair), *(pa.field(name, pa.string(), nullable=False) for name in _ORIGIN)])
