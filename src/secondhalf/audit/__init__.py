"""What the pairs hold: finished replies, no instructions, nothing of the evaluation; one check a file."""
