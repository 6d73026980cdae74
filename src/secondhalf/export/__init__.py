"""A trained arm as files that other programs load, each with a check that it answers as ours does. Trains nothing, and
overwrites nothing.
"""
