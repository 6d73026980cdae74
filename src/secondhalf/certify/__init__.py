"""A signed statement of what a run's tables hold, and its verification. It computes no figure of a model and makes no claim."""
