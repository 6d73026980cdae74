"""Weights on disk and in memory: loading, converting, merging, adapters, sizes. Refuses pickles and remote code."""
