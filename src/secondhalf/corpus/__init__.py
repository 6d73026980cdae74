"""Reading a corpus and drawing a deterministic sample from it."""
