"""IFBench (arXiv 2507.02833): 57 further instructions that code can check, beside IFEval's own.

The meaning of every instruction, its oddities included, is that of the published scorer. Where that one stops with an
error (an answer without words, a row without cells), the instruction counts as not followed.
"""
