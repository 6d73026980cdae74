"""Prompts of our own and of benchmarks: what models are asked, and what contamination is checked against."""
