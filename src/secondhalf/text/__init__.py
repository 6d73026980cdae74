"""Text below documents: its language, n-grams, lines and what of it is visible. Knows no model and no stage."""
