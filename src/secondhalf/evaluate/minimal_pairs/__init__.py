"""Minimal pairs: does a constraint in a prompt move the likelihood towards the answer that keeps it? Likelihoods alone,
no generation and no judge. Our own, written by hand as topics with slots and made into pairs by code."""
