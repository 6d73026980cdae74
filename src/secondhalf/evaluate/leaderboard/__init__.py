"""The Open LLM Leaderboard, v1 and v2, and any other task of lm-eval, on our arms."""
