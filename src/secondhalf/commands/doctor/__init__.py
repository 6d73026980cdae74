"""What a recipe would need on this machine, and whether it is there. Makes nothing; of a model on a server it asks one token."""
