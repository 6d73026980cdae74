"""A run's folder: its recipe, its links into the store, and where a trained arm stands. Makes no stage itself."""

from secondhalf.runs.labels import Label
from secondhalf.runs.links import Link
from secondhalf.runs.opening import opened
from secondhalf.runs.run import OpenRun, Run, find

__all__ = ["Label", "Link", "OpenRun", "Run", "find", "opened"]
