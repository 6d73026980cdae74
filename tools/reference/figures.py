"""The page of every figure that a report may hold, in the report's own words."""

import re

from markdown import MADE, cell

from secondhalf.report.words import page_words


def figures() -> str:
    """The page of every figure that a report may hold, in its own words."""
    words = page_words("en")
    lines = [
        "# Every figure of a report", "", MADE, "",
        "[Reading the report](report.md) says how figures, intervals and marks are read. `secondhalf show RUN --json`",
        "and `facts.json` use the names in the first column; [a policy](gate.md) may limit them.", "",
        "| name | on the page | what it is |", "|---|---|---|",
    ]  # fmt: skip
    for key, title in words.items():
        if name := re.fullmatch(r"figure_(.+)", key):
            lines.append(f"| `{name[1]}` | {cell(title)} | {cell(words.get(f'means_{name[1]}', ''))} |")
    return "\n".join(lines).rstrip() + "\n"
