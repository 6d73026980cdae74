"""What tests share: small students, servers that misbehave, corpora, recipes, and scripts that are run as processes."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The repository."""

SCRIPTS = Path(__file__).parent
"""Where the scripts stand that tests start as processes of their own."""
