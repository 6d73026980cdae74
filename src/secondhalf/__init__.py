"""secondhalf: non-instructional fine-tuning (arXiv 2409.00096), from plain text to a model and its evidence."""

from secondhalf.threads import sleep_when_idle

__version__ = "0.1.0"

# Here, because the policy is read when torch or llama.cpp is first loaded, and every way to them begins with this package.
sleep_when_idle()
