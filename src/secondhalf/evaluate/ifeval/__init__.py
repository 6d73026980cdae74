"""IFEval (arXiv 2311.07911) and M-IFEval Japanese (arXiv 2502.04688): does an answer follow instructions that code can check?

One family of instructions a file. The meaning of every instruction, its oddities included, is that of the published
scorers, so that a figure here is the benchmark's figure; a difference from them stands beside the instruction.
"""
