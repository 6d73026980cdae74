"""OpenAI's batch API: requests sent as files and their replies collected later. Knows no stage."""
