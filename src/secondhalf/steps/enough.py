"""Stops before a teacher is paid or an arm is trained where the pairs are fewer than train.min_pairs, with the figures."""

from collections.abc import Mapping

from secondhalf.errors import UserError
from secondhalf.runs import Label, OpenRun
from secondhalf.store import Stage

_FLOW = ("corpus", "clean", "deduplicate", "split", "teach", "audit", "compose")


def check_enough(run: OpenRun, counts: Mapping[str, int]) -> None:
    """Raises UserError where an arm that is still to be trained has too few pairs, unless the run goes on anyway.

    `counts`: the pairs of each arm, or as many as it can have at most.
    """
    if run.anyway:
        return
    links, few = run.links(), list[str]()
    for name, pairs in counts.items():
        train = run.recipe.arms[name].train
        is_trained = all(Label("train", arm=name, seed=seed) in links for seed in train.seeds)
        if pairs < train.min_pairs and not is_trained:
            few.append(f"{name} has {pairs} of {train.min_pairs}")
    if few:
        raise UserError(
            f"Too few pairs to train on: {', '.join(few)} (train.min_pairs says why). What is left: {_flow(run)}. Add "
            "documents, cut long ones with corpus.section_words, or loosen what refuses most (`secondhalf show "
            f"{run.folder.name} clean`, or split, audit); --anyway trains all the same."
        )


def check_halves(run: OpenRun, splits: Mapping[str, Stage]) -> None:
    """The same before a teacher is paid: no arm has more pairs than its data sets have documents in halves."""
    recipe = run.recipe
    rows = {name: stage.rows() for name, stage in splits.items()}
    rows |= {name: rows[data.teach.like] for name, data in recipe.data.items() if data.teach.like in rows}
    arms = {name: arm for name, arm in recipe.arms.items() if arm.data and all(data in rows for data in arm.data)}
    check_enough(run, {name: sum(rows[data] for data in arm.data) for name, arm in arms.items()})


def _flow(run: OpenRun) -> str:
    rows = [(str(label), stage.rows()) for label, stage in run.stages().items() if label.stage in _FLOW and stage.whole]
    return ", ".join(f"{label} {count}" for label, count in rows)
