"""MT-Bench (arXiv 2306.05685): two turns, graded 1 to 10 by a judge."""

from secondhalf.evaluate.mt_bench.grading import VERSION as VERSION
from secondhalf.evaluate.mt_bench.grading import temperature as temperature
from secondhalf.evaluate.mt_bench.stage import grade as grade
