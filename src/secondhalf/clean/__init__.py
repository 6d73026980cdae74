"""Which documents are worth a teacher's time: one filter a file, each returning a verdict."""
