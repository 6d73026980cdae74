"""Answers of a student with its adapters: batches, sampling, the key-value cache, likelihoods. Trains nothing."""
