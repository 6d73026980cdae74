"""What arms are made of: composed pairs, and an adapter carried over to a sibling. Trains nothing and reads no recipe but an
arm's own settings.
"""
