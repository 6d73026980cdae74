"""AlpacaEval 2 (arXiv 2404.04475): outputs compared with a baseline's, and a win rate that length does not sway."""

from secondhalf.evaluate.alpaca_eval.games import VERSION as VERSION
from secondhalf.evaluate.alpaca_eval.stage import compare as compare
