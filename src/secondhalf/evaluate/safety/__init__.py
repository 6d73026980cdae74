"""What a model gets wrong: harm, refusals, personal data, false statements, contradictions, stereotypes.

It finds a regression, and proves no safety.
"""
