"""Writes the documents of a run into a folder: each whole or not at all, and never over one that somebody changed."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from secondhalf.disclosure.ab2013 import ab2013
from secondhalf.disclosure.croissant import croissant
from secondhalf.disclosure.data_card import data_card
from secondhalf.disclosure.eu_summary import eu_summary
from secondhalf.disclosure.evidence import Evidence
from secondhalf.disclosure.fields import Disclosure
from secondhalf.disclosure.ml_bom import ml_bom
from secondhalf.disclosure.model_card import full_model_card
from secondhalf.disclosure.proof_page import proof_page
from secondhalf.errors import UserError
from secondhalf.store.checksums import is_damaged, recorded
from secondhalf.store.recorded import write_recorded

OF_DATA = ("page", "croissant", "data-card")
"""What can be written of pairs alone; the others are of a model."""


def disclosures(evidence: Evidence, form: str, export: Path | None = None) -> list[Disclosure]:
    """The documents of a form: page, croissant, data-card, ml-bom, model-card, eu-summary, ab2013, or all that the run can have.

    Raises UserError for one that is of a model where the run trains none, and for a model whose base is not at hand.
    """
    makers: dict[str, Callable[[Evidence], Disclosure]] = {
        "page": proof_page,
        "croissant": croissant,
        "data-card": data_card,
        "ml-bom": ml_bom,
        "model-card": partial(full_model_card, export=export),
        "eu-summary": eu_summary,
        "ab2013": ab2013,
    }
    names = [form] if form != "all" else [name for name in makers if evidence.model or name in OF_DATA]
    return [makers[name](evidence) for name in names]


def write_disclosures(documents: list[Disclosure], folder: Path) -> list[Path]:
    """Writes the documents and returns their paths.

    Raises UserError for a file that stands there and was not written by this command, or was changed since: people complete
    these documents by hand.
    """
    paths = [folder / document.file for document in documents]
    for path in paths:
        if path.exists() and (is_damaged(path) or path.name not in recorded(folder)):
            raise UserError(f"{path} is not as `secondhalf document` wrote it: move it away, or name another --out.")
    for document, path in zip(documents, paths, strict=True):
        write_recorded(path, document.text)
    return paths
