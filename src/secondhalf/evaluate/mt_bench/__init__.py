"""MT-Bench (arXiv 2306.05685): two turns, graded 1 to 10 by a judge."""
