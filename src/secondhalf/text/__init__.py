"""Text below documents: its language, n-grams, JSON lines, tables and invisible characters; it knows no model and no stage."""
