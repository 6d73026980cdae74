"""What teaching would take, estimated from a small sample of the recipe's own documents, split in a folder that is thrown away.

Hours come from the size of the models and speeds measured on two AMD EPYC cores; they are an order of magnitude, and say so.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc

from secondhalf.commands.doctor.finding import Finding
from secondhalf.errors import UserError
from secondhalf.models.journal.journal import Journal
from secondhalf.models.journal.open import JOURNAL_FILE
from secondhalf.recipe import Recipe
from secondhalf.runs import Label, OpenRun
from secondhalf.store import Store
from secondhalf.teach.forecast import Estimate, forecast_teaching

SAMPLE = 200  # documents


@dataclass(frozen=True)
class DrawnSample:
    """What the doctor's own sample shows of the recipe's: documents read and drawn, and bytes of each document's share."""

    read: int
    sampled: int
    document_bytes: float
    """Of its text."""
    stored_bytes: float
    """Of the stages' tables up to the halves, for each document that is drawn."""
    halves_bytes: float
    """Of the tables of one data set's halves, for each document that is drawn."""


def teaching(recipe: Recipe, store: Path) -> tuple[list[Estimate], list[Finding], DrawnSample | None]:
    """What teaching will take, and the sample that shows it; or why there is no saying."""
    if recipe.corpus.reader == "hub":
        message = "the corpus is on a hub: `secondhalf teach RECIPE --dry-run` fetches its sample and estimates"
        return [], [Finding("teaching", message, True)], None
    from secondhalf.pipeline import run_pipeline

    sample = min(SAMPLE, recipe.corpus.sample)
    small = recipe.model_copy(update={"corpus": recipe.corpus.model_copy(update={"sample": sample})})
    estimates: list[Estimate] = []
    with tempfile.TemporaryDirectory() as folder:
        run = OpenRun(
            small,
            Path(folder, "runs", recipe.name),
            Store(Path(folder, "store")),
            Journal(Path(folder, "journal.sqlite")),
        )
        try:
            run.folder.mkdir(parents=True)
            run_pipeline(run, "split")
            manifest = run.stage(Label("corpus")).manifest
            # The sample grows without changing what it had, so a small one stands for the large one.
            documents = min(recipe.corpus.sample, manifest["rows_in"] - manifest.get("repeated", 0))
            scale = max(1.0, documents / max(1, manifest["rows"]))
            drawn = _drawn(run, manifest["rows_in"], documents)
            for name, data in recipe.data.items():
                if data.baseline:
                    continue
                pairs = run.stage(Label("split", data=name)).read()
                hour = recipe.report.hour_in_dollars
                draft = recipe.draft_reference(name)
                journal = store / JOURNAL_FILE
                estimates += forecast_teaching(name, pairs, data.teach, journal, hour, scale, draft, recipe.journal)
        except UserError as error:
            return [], [Finding("teaching", str(error), False)], None
        finally:
            run.journal.close()
    return estimates, [], drawn


def _drawn(run: OpenRun, read: int, documents: int) -> DrawnSample:
    """What the sample's own tables tell of each document."""
    sizes = {
        label: sum(path.stat().st_size for path in stage.path.glob("*.parquet"))
        for label, stage in run.stages().items()
        if stage.whole
    }
    texts = run.stage(Label("corpus")).read(columns=["text"]).column("text")
    count = max(1, len(texts))
    halves = [size for label, size in sizes.items() if label.stage == "split"]
    return DrawnSample(
        read=read,
        sampled=documents,
        document_bytes=(pc.sum(pc.binary_length(texts)).as_py() or 0) / count,
        stored_bytes=sum(sizes.values()) / count,
        halves_bytes=max(halves, default=0) / count,
    )
