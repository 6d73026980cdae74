"""What the benchmarks share: real documents, one core, and where the figures go; in_turns.py has the runs in turn."""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from bars import BARS

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"


def arguments(description: str, peer: str | None = None, **extra_options: str) -> argparse.Namespace:
    """--quick, and --peer where there is one: the interpreter of the environment that `make peers` builds. `extra_options`:
    what else may be given, and what it is."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="under 45 seconds; results are not kept")
    if peer:
        parser.add_argument("--peer", default=str(ROOT / ".peers" / peer / "bin" / "python"), help="the peer's python")
    for name, meaning in extra_options.items():
        parser.add_argument(f"--{name.replace('_', '-')}", help=meaning)
    options = parser.parse_args()
    if peer and not Path(options.peer).exists():
        sys.exit(f"{options.peer} does not exist: run `make peers` first, or name an interpreter with --peer.")
    return options


def documents(word_count: int) -> list[str]:
    """Real texts, each of about `word_count` words: the Brown corpus (`make corpora`), the topics of Python's language reference,
    and the descriptions and licences that installed packages carry (Markdown, tables, lists, code)."""
    from pydoc_data.topics import topics

    brown = ROOT / "corpora" / "brown.jsonl"
    if not brown.exists():
        sys.exit("corpora/brown.jsonl does not exist: run `make corpora` first.")
    texts = [json.loads(line)["text"] for line in brown.read_text("utf-8").splitlines()]
    texts += [topics[name] for name in sorted(topics)]
    texts += sorted({d.metadata.get_payload() or d.metadata.get("Description") or "" for d in distributions()})
    return [part for text in texts for part in _parts(text, word_count)]


def _parts(text: str, word_count: int) -> list[str]:
    """Runs of whole lines, so that the text's own layout stays."""
    parts, held, size = [], [], 0
    for line in text.split("\n"):
        held.append(line)
        size += len(re.findall(r"\S+", line))
        if size >= word_count:
            parts.append("\n".join(held))
            held, size = [], 0
    if size:
        parts.append("\n".join(held))
    return parts


def side(command: list[str], core: int) -> dict[str, Any]:
    """Runs one side on one core and returns the JSON object in its last line."""
    done = subprocess.run(
        command,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "HF_HUB_DISABLE_TELEMETRY": "1"},
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def last_core() -> int:
    """The core that a measurement runs on."""
    return max(os.sched_getaffinity(0))


def finish(
    name: str, figures: dict[str, Any], versions: dict[str, str], *, quick: bool, given: str = "", of: str = ""
) -> None:
    """Keeps a full run's figures and bars in benchmarks/results/NAME.json and prints them as the last line. `given`: the options
    that the figures need; `of`: the benchmark, where NAME is one of its results."""
    if name in BARS:
        figures = figures | {"bar": BARS[name]}
    if not quick:
        keep(name, f"python benchmarks/{of or name}.py {given}".strip(), figures, versions)
    print(json.dumps(figures, ensure_ascii=False))


def keep(name: str, command: str, figures: dict[str, Any], versions: dict[str, str]) -> None:
    """Writes benchmarks/results/NAME.json: the figures, and how they came about."""
    revision = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"], check=False, capture_output=True, text=True
    ).stdout.strip()
    record = {
        "command": command,
        "date": datetime.now(UTC).date().isoformat(),
        "revision": revision,
        "figures": figures,
        "versions": {"python": platform.python_version(), **versions},
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()}",
        "load": [round(value, 2) for value in os.getloadavg()],
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _processor() -> str:
    try:
        match = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text("utf-8"))
    except OSError:
        match = None
    return match.group(1) if match else platform.machine()
