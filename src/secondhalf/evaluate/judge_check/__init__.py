"""Judges held to answers whose order is known, before any figure of theirs counts."""
