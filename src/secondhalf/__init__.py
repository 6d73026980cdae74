"""secondhalf: non-instructional fine-tuning (arXiv 2409.00096), from plain text to a model and its evidence."""

__version__ = "0.2.0"
