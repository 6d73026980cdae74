"""Limits on a run's figures, and the decision whether it keeps them. Knows policies and what they may name; the figures are
those of analysis, and nothing is computed here.
"""
