"""The documents that people ask for of a model and its data, and the page of what was used, refused and found.

Each states what the run's tables hold. What a run cannot know is "not known" in them, is never guessed, and is counted.
"""
