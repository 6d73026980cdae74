"""A run's folder: its recipe, its links into the store, and where a trained arm stands. Makes no stage itself."""

from secondhalf.runs.run import Run, find, opened

__all__ = ["Run", "find", "opened"]
