"""What a model gets wrong: harm, refusals, personal data, false statements, contradictions, stereotypes."""

from secondhalf.evaluate.safety.stage import VERSION as VERSION
from secondhalf.evaluate.safety.stage import evaluate as evaluate
