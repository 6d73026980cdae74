"""What an arm has learned: everyday prompts, checks by code, probes and likelihoods. No judge is needed."""
