"""People judge a run: pages for pairs and blind comparisons, a log of decisions that only grows, and what they come to."""
