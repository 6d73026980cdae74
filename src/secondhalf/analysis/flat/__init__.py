"""A run's facts as one flat table, name by name, for whoever holds them to limits, and the hashes of what was looked at.

Knows of every figure that can be named what it is counted in and which way is better, also of those that a run did not measure.
"""
