"""Your own prompts, scored by their checks, against their references, or by judges with their rubrics."""
