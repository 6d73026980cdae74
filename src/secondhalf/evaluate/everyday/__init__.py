"""The everyday prompts: our own, with checks that code can decide and the likelihoods of right responses."""
