"""The optional presidio: a clear error without it, masks with it."""

import sys

import pytest

from secondhalf.clean.personal import PersonalSettings, personal
from secondhalf.clean.personal import presidio as optional
from secondhalf.errors import UserError
from secondhalf.rows import Document

DOCUMENT = Document("id", "The letter was signed by Jane Doe in London.", "test")


def test_missing_presidio_is_an_error_with_its_mend(monkeypatch):
    optional._engine.cache_clear()
    monkeypatch.setitem(sys.modules, "presidio_analyzer", None)
    with pytest.raises(UserError, match="pip install presidio-analyzer"):
        personal(DOCUMENT, PersonalSettings(presidio=True))


def test_presidio_is_not_imported_unless_asked_for():
    personal(DOCUMENT, PersonalSettings())
    assert "presidio_analyzer" not in sys.modules


def test_names_and_places_with_presidio():
    pytest.importorskip("presidio_analyzer")
    optional._engine.cache_clear()
    try:
        text, verdicts = personal(DOCUMENT, PersonalSettings(presidio=True))
    except UserError as error:
        pytest.skip(str(error))
    assert text == "The letter was signed by [name] in [name]."
    assert {verdict.check for verdict in verdicts} == {"personal name"}
