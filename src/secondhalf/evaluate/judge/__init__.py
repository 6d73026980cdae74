"""Judges: models that grade answers, how they are asked, and how far they can be trusted."""
