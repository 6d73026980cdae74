"""Which pairs of a run are meant: those of an arm, as it is trained on them, or those of a data set, as the audit left them."""

from collections.abc import Iterator
from dataclasses import dataclass

from secondhalf.analysis.tables import RunTables
from secondhalf.disclosure.training_data import TrainingData, documents_by_id, training_data
from secondhalf.errors import UserError
from secondhalf.rows import Pair, from_table
from secondhalf.runs import Label, Run
from secondhalf.runs.trained import arm_settings
from secondhalf.text.nearest import hint
from secondhalf.train.tokens import is_held_out


@dataclass(frozen=True)
class Origin:
    """Where a pair's document is from, as far as others may be told: an address of the web, never a path of this machine."""

    source: str = ""
    licence: str = ""
    url: str = ""


@dataclass(frozen=True)
class ChosenPairs:
    """Pairs and what the run knows of them. `held_out`: the share of documents that training does not see."""

    run: Run
    name: str
    """The arm's or the data set's."""
    data: TrainingData
    held_out: float
    pairs: list[Pair]
    origins: dict[str, Origin]
    """By a document's id; none for pairs that were made of no document."""

    def split(self, pair: Pair) -> str:
        """train or validation: as training has it."""
        return "validation" if is_held_out(pair.document, self.held_out) else "train"


def choose_pairs(run: Run, *, arm: str = "", data: str = "") -> ChosenPairs:
    """The pairs of an arm or of a data set; of neither named, those of the only data set that was taught.

    Raises UserError for a name that the run has not, where several could be meant, and for pairs that are not made yet.
    """
    tables, recipe = RunTables(run), run.recipe
    if arm:
        settings = arm_settings(run, arm)
        source = settings.adapter_from or arm
        if not recipe.data_of(arm):
            raise UserError(f"The arm {arm} is trained on nothing{hint(arm, [*_trained(run)])}")
        composed = Label("compose", arm=source)
        if recipe.arms[source].composed and not (composed in tables and tables.stages[composed].whole):
            raise UserError(
                f"{run.folder.name} has not composed the pairs of {arm} yet: `secondhalf train RECIPE` does."
            )
        sets = training_data(tables, arm)
        held_out = recipe.arms[source].train.held_out
    else:
        data = data or _only_taught(run)
        if data not in recipe.data:
            raise UserError(f"The run {run.folder.name} has no data set {data}{hint(data, recipe.data)}")
        sets = [one for one in training_data(tables) if one.name == data]
        held_out = recipe.train.held_out
    if not sets:
        raise UserError(
            f"{run.folder.name} has no audited pairs of {arm or data} yet: `secondhalf audit RECIPE` makes them."
        )
    pairs = from_table(Pair, tables.table(sets[0].label))
    return ChosenPairs(run, arm or data, sets[0], held_out, pairs, _origins(tables, pairs))


def _trained(run: Run) -> Iterator[str]:
    return (name for name, arm in run.recipe.arms.items() if arm.data or arm.adapter_from)


def _only_taught(run: Run) -> str:
    taught = [name for name, data in run.recipe.data.items() if data.taught]
    names = taught or list(run.recipe.data)
    if not names:
        raise UserError(f"{run.folder.name} has no data sets: name a run of a recipe with data.")
    if len(names) != 1:
        listed = ", ".join(names)
        raise UserError(
            f"{run.folder.name} has several data sets: name one of {listed} with --data, or an arm with --arm."
        )
    return names[0]


def _origins(tables: RunTables, pairs: list[Pair]) -> dict[str, Origin]:
    documents = documents_by_id(tables)
    return {
        id: Origin(row["source"], row["licence"], row["url"] if row["url"].startswith(("http://", "https://")) else "")
        for id in dict.fromkeys(pair.document for pair in pairs)
        if (row := documents.get(id))
    }
