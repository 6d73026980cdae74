"""What teaching would take, estimated from a small sample of the recipe's own documents, split in a folder that is thrown away.

Hours come from the size of the models and speeds measured on two AMD EPYC cores; they are an order of magnitude, and say so.
"""

import tempfile
from pathlib import Path

from secondhalf.commands.doctor.finding import Finding
from secondhalf.errors import UserError
from secondhalf.models.journal.journal import Journal
from secondhalf.models.journal.open import JOURNAL_FILE
from secondhalf.recipe import Recipe
from secondhalf.runs import Label, OpenRun
from secondhalf.store import Store
from secondhalf.teach.forecast import Estimate, forecast_teaching

SAMPLE = 200  # documents


def teaching(recipe: Recipe, store: Path) -> tuple[list[Estimate], list[Finding]]:
    """What teaching will take, from a sample of documents; or why there is no saying."""
    if recipe.corpus.reader == "hub":
        message = "the corpus is on a hub: `secondhalf teach RECIPE --dry-run` fetches its sample and estimates"
        return [], [Finding("teaching", message, True)]
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
            for name, data in recipe.data.items():
                if data.baseline:
                    continue
                pairs = run.stage(Label("split", data=name)).read()
                hour = recipe.report.hour_in_dollars
                draft = recipe.draft_reference(name)
                journal = store / JOURNAL_FILE
                estimates += forecast_teaching(name, pairs, data.teach, journal, hour, scale, draft, recipe.journal)
        except UserError as error:
            return [], [Finding("teaching", str(error), False)]
        finally:
            run.journal.close()
    return estimates, []
