"""Personal data, one kind a file, by patterns that cost next to nothing where there is nothing; it judges nothing else."""

from secondhalf.clean.personal.filter import mask_personal
from secondhalf.clean.personal.settings import PersonalSettings

__all__ = ["PersonalSettings", "mask_personal"]
