"""Which pairs may be trained on: finished replies, no instructions, nothing of the evaluation; it knows no arm and no model."""
