"""Stages by the hash of what determines them, and the mapper over shards. Knows no stage's meaning, and no recipe."""

from secondhalf.store.stage import Stage
from secondhalf.store.stages import Store

__all__ = ["Stage", "Store"]
