"""Whether a judge small enough for two cores passes its account: what a report asks before it shows a figure of a judge.

    python benchmarks/small_judges.py                          SmolLM2-135M-Instruct, of a package; results are kept
    python benchmarks/small_judges.py --models A.gguf,B.gguf   others beside it, by path or reference
    python benchmarks/small_judges.py --quick                  2 pairs; nothing written

Each judge sees 16 of our labelled pairs, half English, half Japanese, both ways round, in Arena-Hard's wording, and may
write 300 tokens. The last line is JSON: by judge the share of judgments that can be read, the share of pairs where the
better answer wins, with its interval over pairs, and the share of pairs whose verdict flips with the places; `ratio` is
the best judge's lower bound over one half.
"""

import tempfile
from importlib.metadata import version
from pathlib import Path

from difficulty import SMOLLM2
from harness import arguments, finish
from secondhalf.evaluate.judge.judges import Judges
from secondhalf.evaluate.judge.settings import AnswerJudgeSettings, JudgingSettings
from secondhalf.evaluate.judge_check.labelled import LabelledPair, load_labelled
from secondhalf.evaluate.judge_check.stage import check_judges
from secondhalf.models.journal.journal import Journal
from secondhalf.statistics import estimate
from secondhalf.store import Stage


def account(reference: str, items: list[LabelledPair], folder: Path) -> dict[str, float]:
    """A judge's games against known answers: what can be read, who wins, and how often places decide."""
    sampling = {"max_tokens": 300, "temperature": 0.0}
    judge = AnswerJudgeSettings.model_validate({"model": f"embedded:{reference}", "sampling": sampling})
    stage = Stage(folder / "judge")
    stage.path.mkdir()
    check_judges(items, Judges(JudgingSettings(judges=[judge]), Journal(folder / "journal.sqlite"), 0.0), stage)
    steps: dict[str, list[float]] = {}
    for row in stage.read().to_pylist():
        if row["step"] is not None:
            steps.setdefault(row["id"], []).append((row["step"] > 0) + (row["step"] == 0) / 2)
    both = {id: won for id, won in steps.items() if len(won) == 2}
    figures = {"read": sum(map(len, steps.values())) / (2 * len(items)), "pairs": len(both)}
    if len(both) > 1:
        right = estimate([{id: sum(won) / 2 for id, won in both.items()}.values()])
        flips = sum(one != two for one, two in both.values()) / len(both)
        figures |= {"right": right.mean, "right_low": right.low, "right_high": right.high, "flips": flips}
    return {name: round(value, 3) for name, value in figures.items()}


def main() -> None:
    """Holds every judge to account, and prints the JSON object."""
    options = arguments(__doc__.splitlines()[0], models="more judges, divided by commas")
    labelled = load_labelled()
    each = 1 if options.quick else 8
    items = [
        item for language in ("en", "ja") for item in [one for one in labelled if one.id.startswith(language)][:each]
    ]
    references = [SMOLLM2, *(name for name in (options.models or "").split(",") if name)]
    judges = {}
    for reference in references:
        with tempfile.TemporaryDirectory() as folder:
            judges[Path(reference.partition("#")[0]).name] = account(reference, items, Path(folder))
    best = max(judge.get("right_low", 0.0) for judge in judges.values())
    figures = {"ratio": round(best / 0.5, 3), "items": len(items), "judges": judges}
    given = "--models " + ",".join(Path(name).name for name in references[1:]) if references[1:] else ""
    finish("small_judges", figures, {"xllamacpp": version("xllamacpp")}, quick=options.quick, given=given)


if __name__ == "__main__":
    main()
