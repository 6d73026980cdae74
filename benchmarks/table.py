"""The README's table of measurements, made from benchmarks/results/: no figure stands there that no result has.

python benchmarks/table.py    writes the table into README.md, between its two comments; a test holds the README to it
"""

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from bars import against_bars

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
RECORD = ("command", "date", "revision", "figures", "versions", "machine", "load")
"""What every result has."""
BEGIN, END = "<!-- benchmarks/table.py writes this table -->\n", "<!-- end of the table -->\n"


def figures_by_name() -> dict[str, dict[str, Any]]:
    """Each result's figures, by its file's name; those that say `no evidence` are left out."""
    records = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(RESULTS.glob("*.json"))}
    return {name: record["figures"] for name, record in records.items() if "no evidence" not in record}


def n(value: float) -> str:
    """A number of things, with commas."""
    return f"{round(value):,}"


def percent(share: float) -> str:
    """A share in whole hundredths."""
    return f"{100 * share:.0f} %"


def signed(value: float) -> str:
    """A difference to three places, with a real minus."""
    return f"{value:.3f}".replace("-", "−")


def times(figures: dict[str, Any], name: str = "ratio") -> str:
    """How many times faster, with its interval where there were rounds in turns."""
    low, high = figures.get(f"{name}_low"), figures.get(f"{name}_high")
    interval = f" [{low:.1f}, {high:.1f}]" if low is not None and high is not None else ""
    return f"**{figures[name]:.1f} times**{interval}"


def table() -> str:
    """The table as Markdown. Raises jinja2's UndefinedError where a result lacks a figure."""
    environment = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    template = environment.from_string((Path(__file__).parent / "table.md.jinja").read_text("utf-8"))
    return template.render(
        **figures_by_name(), n=n, percent=percent, signed=signed, times=times, bars=against_bars, dict=dict
    )


def with_table(readme: str) -> str:
    """The README's text with the table of today's results in it."""
    before, _, rest = readme.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    path = ROOT / "README.md"
    path.write_text(with_table(path.read_text("utf-8")), "utf-8")
