"""Judges: models that grade answers, the requests to them, and how far they can be trusted. What cannot be read is no verdict."""
