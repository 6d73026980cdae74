"""Searching recipes: which settings are best on the prompts to choose on, and whether that holds on the locked ones."""
