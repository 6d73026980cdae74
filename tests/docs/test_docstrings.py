"""The examples in the public API's docstrings do what they say."""

import re
import shutil
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

import pytest
from sybil.document import PythonDocStringDocument
from sybil.example import Example
from sybil.parsers.rest import DocTestParser

import secondhalf
from support import ROOT

# Named without importing them: some bring torch.
PLACES = sorted({module.replace(".", "/") for module in secondhalf._MODULES.values()})
IN_THE_NOTEBOOK = {"StudentModel", "generate_answers", "probe_model", "score_everyday", "train_arm", "compose_pairs"}
"""They need a student: docs/notebook.ipynb uses them, or what calls them."""
BY_OTHERS = {"Journal", "Model", "OverlapIndex", "Recipe", "Run", "TeacherModels", "UserError"}
"""Types that the examples of functions make or are given."""


def _examples(path: str) -> Iterator[Example]:
    yield from PythonDocStringDocument.parse(path, DocTestParser()).examples()


@pytest.mark.parametrize("place", PLACES)
def test_examples_do_what_they_say(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ROOT / "src" / f"{place}.py"
    path = str(module if module.is_file() else ROOT / "src" / place / "__init__.py")
    shutil.copytree(ROOT / "recipes", tmp_path / "recipes")
    monkeypatch.chdir(tmp_path)
    with redirect_stderr(StringIO()):
        for example in _examples(path):
            example.evaluate()


def test_every_public_function_has_an_example() -> None:
    pytest.importorskip("torch")
    without = {name for name in secondhalf.__all__ if ">>> " not in (getattr(secondhalf, name).__doc__ or "")}
    assert without == IN_THE_NOTEBOOK | BY_OTHERS


def test_an_example_that_says_otherwise_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "example_that_is_wrong.py"
    path.write_text('def double(x):\n    """Twice.\n\n    >>> 1 + 1\n    3\n    """\n', "utf-8")
    [example] = _examples(str(path))
    with pytest.raises(AssertionError, match=re.escape("Expected:\n    3\nGot:\n    2")):
        example.evaluate()
