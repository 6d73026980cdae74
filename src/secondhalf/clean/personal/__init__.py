"""Personal data: one kind a file, found by patterns that cost next to nothing where there is nothing."""

from secondhalf.clean.personal.filter import personal
from secondhalf.clean.personal.settings import PersonalSettings

__all__ = ["PersonalSettings", "personal"]
