"""What tests read of a run and its store: where its stages stand, by label, and what the store holds."""

from pathlib import Path

from secondhalf.runs.links import read_links


def links(folder: Path) -> dict[str, str]:
    """Where the stages of the run in `folder` stand in the store: STAGE/KEY by label."""
    return {str(label): link.stage for label, link in read_links(folder).items()}


def stored_files(folder: Path) -> dict[str, bytes]:
    """Every table, adapter and log of the store under `folder`, by its path relative to `folder`."""
    kinds = {".parquet", ".safetensors", ".jsonl"}
    files = [path for path in (folder / "store").rglob("*") if path.suffix in kinds]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
