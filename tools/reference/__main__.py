"""Writes the pages of docs/ that the code knows best: every command, every field of a recipe, every figure of a report.

python tools/reference [FOLDER]    writes commands.md, recipe.md and figures.md into docs/; a test holds them to the code
"""

import sys
from pathlib import Path

from fields import recipe
from figures import figures

from commands import commands

PAGES = {"commands.md": commands, "recipe.md": recipe, "figures.md": figures}

if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "docs"
    for page, write in PAGES.items():
        (folder / page).write_text(write(), "utf-8")
