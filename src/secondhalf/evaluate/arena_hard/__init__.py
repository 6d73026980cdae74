"""Arena-Hard v0.1 (arXiv 2406.11939): answers compared with a baseline's by a judge, in both orders."""

from secondhalf.evaluate.arena_hard.games import VERSION as VERSION
from secondhalf.evaluate.arena_hard.stage import compare as compare
from secondhalf.evaluate.arena_hard.stage import read_battles as read_battles
