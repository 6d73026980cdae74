"""A run's folder: its recipe, its links into the store, and where a trained arm stands. Makes no stage itself."""

from secondhalf.runs.labels import Label
from secondhalf.runs.run import Link, OpenRun, Run, find, opened

__all__ = ["Label", "Link", "OpenRun", "Run", "find", "opened"]
