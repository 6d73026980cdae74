"""A model as a node has it."""

from pathlib import Path

import pytest

pytest.importorskip("torch")

from secondhalf.models.on_node import model_here
from secondhalf.models.reference import Model, resolve


def test_a_package_s_model_is_found_where_the_node_has_it(student: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = resolve(str(student))
    monkeypatch.setattr("secondhalf.models.on_node.resolve", lambda reference: elsewhere)
    found = model_here(Model("package:of_students/tiny", Path("/venv/of/the/run/tiny"), elsewhere.identity))
    assert found == Model("package:of_students/tiny", student, elsewhere.identity)
