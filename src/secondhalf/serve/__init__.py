"""The guarded endpoint: an arm of a run behind OpenAI's API, with checks of what comes in and what goes out. Trains nothing."""
