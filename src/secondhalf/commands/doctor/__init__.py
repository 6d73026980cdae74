"""What a recipe would need on this machine, and whether it is there. Makes nothing and asks no model."""
