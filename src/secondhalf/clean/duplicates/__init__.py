"""Duplicates over a whole sample: near-duplicate documents, and passages that stand in several documents."""
