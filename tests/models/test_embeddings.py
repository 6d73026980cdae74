"""A sentence encoder made on the spot: rows of length 1, whatever the batch, and a sentence for a folder that holds none."""

from pathlib import Path

import numpy as np
import pytest

from secondhalf.errors import UserError
from secondhalf.models.embeddings import SentenceEncoder
from support.encoder import write_encoder

pytest.importorskip("transformers")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_encoder(tmp_path_factory.mktemp("encoder"), ["name", "a", "river", "moon", "the"])


def test_rows_have_length_one_and_do_not_depend_on_the_batch(folder: Path) -> None:
    encoder = SentenceEncoder(folder, "field")
    texts = ["name a river", "the moon", "a"]
    rows = encoder(texts)
    assert rows.shape == (3, 16)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.allclose(rows, np.concatenate([encoder([text]) for text in texts]), atol=1e-5)
    assert encoder([]).shape == (0, 16)


def test_a_folder_without_an_encoder_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"audit\.rephrasings\.model"):
        SentenceEncoder(tmp_path, "audit.rephrasings.model")
