"""Whether the minimal pairs stay put when nothing was learned: the real untouched student, changed in ways that teach it nothing.

    python benchmarks/invariance.py            160 pairs to choose on; writes benchmarks/results/invariance.json
    python benchmarks/invariance.py --quick    a few of them and two changes; nothing written

The figure of the changed student minus that of the student as it is, paired by topic, with its 95 % interval:

    logits x 0.8, 1.2, 1.5   flatter and sharper
    zephyr, gemma            other templates in place of plain words
    shuffled                 each pair's answers under the prompts of another topic and kind of constraint, minus chance: what is
                             above it then comes from the answers alone

The last line is JSON: `still` says for each change whether the interval reaches zero, `ratio` is the share of changes that do.
"""

import os
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from harness import arguments, finish

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from secondhalf import statistics
from secondhalf.evaluate.minimal_pairs.pairs import MinimalPair
from secondhalf.evaluate.minimal_pairs.shuffle import shuffle_prompts
from secondhalf.evaluate.minimal_pairs.stage import score_minimal_pairs, select_minimal_pairs
from secondhalf.evaluate.settings import EvaluateSettings
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.reference import resolve
from secondhalf.models.weights.convert import student_folder
from secondhalf.recipe import load_recipe
from secondhalf.store import Stage

ROOT = Path(__file__).resolve().parent.parent
CHANGES = {
    "logits x 1.2": ("plain", 1 / 1.2),
    "logits x 0.8": ("plain", 1 / 0.8),
    "logits x 1.5": ("plain", 1 / 1.5),
    "zephyr": ("zephyr", 1.0),
    "gemma": ("gemma", 1.0),
}


def main() -> None:
    """Measures, and prints the JSON object."""
    options = arguments(__doc__.splitlines()[0])
    settings = EvaluateSettings(part="choose", minimal_pairs=12 if options.quick else 160)
    student = resolve(load_recipe(ROOT / "recipes" / "quickstart.yaml").students["base"])
    model = StudentModel(student_folder(student.path, student.identity))
    pairs = select_minimal_pairs(settings)
    as_it_is = _figure(model, "plain", 1.0, pairs)
    rows = {"as it is": _row(statistics.estimate(list(as_it_is.values())))}
    for name, change in list(CHANGES.items())[: 1 if options.quick else None]:
        changed = _figure(model, *change, pairs)
        rows[name] = _row(statistics.compare([changed[id] for id in as_it_is], list(as_it_is.values())))
        print(name, rows[name], file=sys.stderr, flush=True)
    shuffled = _figure(model, "plain", 1.0, shuffle_prompts(pairs))
    rows["shuffled"] = _row(statistics.estimate([value - 0.5 for value in shuffled.values()]))
    still = {name: row["low"] <= 0 <= row["high"] for name, row in rows.items() if name != "as it is"}
    figures = {"ratio": sum(still.values()) / len(still), "pairs": len(pairs), "still": still, "rows": rows}
    finish("invariance", figures, {name: version(name) for name in ("torch", "transformers")}, quick=options.quick)


def _figure(model: StudentModel, template: str, temperature: float, pairs: list[MinimalPair]) -> dict[str, float]:
    """The figure by language and topic."""
    model.temperature = temperature
    with TemporaryDirectory() as folder:
        scores = score_minimal_pairs(model, Template.named(template), pairs, Stage(Path(folder) / "stage"), template)
    return {score.id: score.value for score in scores if score.figure == "minimal_pairs"}


def _row(result: statistics.Interval | statistics.Comparison) -> dict[str, float]:
    middle = result.mean if isinstance(result, statistics.Interval) else result.difference
    return {"mean": round(middle, 4), "low": round(result.low, 4), "high": round(result.high, 4)}


if __name__ == "__main__":
    main()
