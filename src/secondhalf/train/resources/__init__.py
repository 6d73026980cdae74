"""What a training takes in memory and hours, on which device, and whether it fits. Trains nothing."""
