"""Duplicates over a whole sample: near-duplicate documents and shared passages; it judges no document by itself."""
