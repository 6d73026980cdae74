"""Runs as tests read them: labels as they are written."""

from pathlib import Path

from secondhalf.runs.run import read_links


def links(folder: Path) -> dict[str, str]:
    """Where the stages of the run in `folder` stand in the store: STAGE/KEY by label."""
    return {str(label): link.stage for label, link in read_links(folder).items()}
