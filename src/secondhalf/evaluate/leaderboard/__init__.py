"""The Open LLM Leaderboard, v1 and v2, and any other task of lm-eval, on our arms."""

from secondhalf.evaluate.leaderboard.stage import LEADERBOARD_VERSION as LEADERBOARD_VERSION
from secondhalf.evaluate.leaderboard.stage import evaluate as evaluate
