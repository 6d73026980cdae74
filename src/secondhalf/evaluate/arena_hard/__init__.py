"""Arena-Hard v0.1 (arXiv 2406.11939): answers compared with a baseline's by a judge, in both orders."""
