"""Which documents are worth a teacher's time, one filter a file, each returning verdicts; it knows no model and no pair."""
