"""Decisions as files: the log itself, preferences for training, and the forms of Label Studio and Argilla."""
