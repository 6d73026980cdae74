"""Your own prompts, scored by their checks, against their references, or by judges with their rubrics."""

from secondhalf.evaluate.own.stage import VERSION as VERSION
from secondhalf.evaluate.own.stage import score as score
from secondhalf.evaluate.own.stage import verify as verify
