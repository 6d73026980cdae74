"""The Hugging Face hub, or a mirror of it: what `hf:` names is fetched, pinned to a commit, or uploaded there."""
