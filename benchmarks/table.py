"""The tables of README and docs, made from benchmarks/results/: no figure stands there that no result has.

python benchmarks/table.py    writes each table into its page, between its two comments; a test holds the pages to it
"""

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from bars import against_bars, held_bars

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
RECORD = ("command", "date", "revision", "figures", "versions", "machine", "load")
"""What every result has."""
BEGIN, END = "<!-- benchmarks/table.py writes this table: {} -->\n", "<!-- end of the table -->\n"
PAGES = {
    "README.md": ["studies", "unaudited", "bars"],
    "README.ja.md": ["studies.ja", "unaudited.ja", "bars.ja"],
    "docs/effect.md": ["effect"],
    "docs/findings.md": ["quickstart", "unaudited", "frontier", "rehearsed", "stronger"],
    "docs/benchmarks.md": ["bars", "speed"],
}
"""The tables of each page, by the names of their templates in benchmarks/tables/."""
RUNS = ("frontier", "quickstart", "rehearsed", "stronger", "unaudited")
"""Tables of one run each, whose result has their name."""
STUDIES = (("stronger", "taught"), ("rehearsed", "taught"), ("unrehearsed", "plain"))
"""The runs of the table of studies, and in each the arm that was taught; the last one's controls are trained in another way."""
PROOF = "proof"
"""The run that the tables of the effect are of: its facts, and no benchmark's record."""


def figures_by_name() -> dict[str, dict[str, Any]]:
    """Each result's figures, by its file's name; those that say `no evidence` are left out."""
    records = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(RESULTS.glob("*.json"))}
    figures = {name: record["figures"] for name, record in records.items() if "no evidence" not in record}
    dedup = figures.get("dedup", {})
    if "best_hash" not in dedup and "ratio_crc32" in dedup:
        # Results of before bars held datasketch's default hash against ours; the bar is for its fastest.
        figures["dedup"] = dedup | {"ratio": dedup["ratio_crc32"], "best_hash": "crc32"}
    return figures


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


def share(value: float) -> str:
    """A share in hundredths, to a tenth where it is small."""
    return f"{100 * value:.1f} %" if 0 < value < 0.1 else percent(value)


def points(difference: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    return f"{100 * difference:+.1f}".replace("-", "−")


class Proof:
    """The facts of a proof: what an arm came to, and how it differs from another."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self._arms = {arm["name"]: arm for arm in facts["arms"]}
        # Facts of before kept what answers are like (copies, language) among the probes.
        self._figures = {
            (name, row["name"]): row for name, arm in self._arms.items() for row in [*arm["figures"], *arm["probes"]]
        }
        self._comparisons = {(row["arm"], row["against"], row["figure"]): row for row in facts["comparisons"]}

    def mean(self, arm: str, figure: str) -> float:
        """Raises KeyError for a figure that the arm does not have."""
        return float(self._figures[arm, figure]["mean"])

    def difference(self, arm: str, against: str, figure: str) -> dict[str, Any] | None:
        """The comparison of two arms, with `difference`, `low`, `high` and `noise`; None where none was kept."""
        return self._comparisons.get((arm, against, figure))

    def pairs(self, arm: str) -> int:
        return int(self._arms[arm]["pairs"])

    def seeds(self, arm: str) -> int:
        return len(self._arms[arm]["seeds"])

    def prompts(self, arm: str, figure: str) -> int:
        return int(next(row["prompts"] for key, row in self._comparisons.items() if key[::2] == (arm, figure)))


def comparisons(run: dict[str, Any]) -> dict[tuple[str, str, str], dict[str, Any]]:
    """A run's comparisons by arm, the arm it is compared to, and figure."""
    return {(row["arm"], row["against"], row["figure"]): row for row in run["comparisons"]}


def probes(run: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """A run's probes by arm and figure; none for a run of before they were kept."""
    return {(row["arm"], row["figure"]): row for row in run.get("probes", [])}


def study(run: dict[str, Any], taught: str) -> dict[str, Any]:
    """A run for the table of studies: `difference(against, figure)` of the taught arm, what it forgot, and whether its controls
    were trained as it was."""
    rows, forgotten = comparisons(run), probes(run).get((taught, "forgotten_en"))

    def difference(against: str, figure: str) -> dict[str, Any]:
        return rows[taught, against, figure]

    return {
        "run": run,
        "taught": taught,
        "controls": taught == "taught",
        "forgotten": forgotten,
        "difference": difference,
    }


def table(name: str) -> str:
    """A table as Markdown. Raises jinja2's UndefinedError where a result lacks a figure."""
    environment = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    template = environment.from_string((Path(__file__).parent / "tables" / f"{name}.md.jinja").read_text("utf-8"))
    figures = figures_by_name()
    if name.startswith("bars"):
        return template.render(bars=held_bars(figures))
    if name.startswith("effect"):
        proof = Proof(json.loads((RESULTS / f"{PROOF}.json").read_text("utf-8")))
        functions = {f: getattr(proof, f) for f in ("mean", "difference", "pairs", "seeds", "prompts")}
        return template.render(n=n, share=share, points=points, **functions)
    if name.startswith("studies"):
        return template.render(studies=[study(figures[run], arm) for run, arm in STUDIES], share=share, points=points)
    if name.startswith(RUNS):
        run = figures[name.partition(".")[0]]
        rows = comparisons(run)
        return template.render(
            run=run, difference=lambda *key: rows[key], probes=probes(run), share=share, points=points
        )
    return template.render(**figures, n=n, percent=percent, signed=signed, times=times, bars=against_bars, dict=dict)


def with_tables(page: str, names: list[str]) -> str:
    """A page's text with the tables of today's results in it. Raises ValueError for a page without a table's place."""
    for name in names:
        begin = BEGIN.format(name)
        before, place, rest = page.partition(begin)
        if not place or END not in rest:
            raise ValueError(f"there is no place for the table {name}: {begin.strip()} and {END.strip()}")
        page = before + begin + table(name) + END + rest.partition(END)[2]
    return page


if __name__ == "__main__":
    for page, names in PAGES.items():
        path = ROOT / page
        path.write_text(with_tables(path.read_text("utf-8"), names), "utf-8")
