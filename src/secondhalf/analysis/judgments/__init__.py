"""Who judged a run, models and people, and how far their word can be trusted."""
