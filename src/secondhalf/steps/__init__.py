"""Each stage joined to run and store: the only place where stages meet the recipe."""
