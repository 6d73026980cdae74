"""A certificate beside a model, whose folder may be anybody's."""

from pathlib import Path

import pytest

from secondhalf.commands.certify.write import _publish
from secondhalf.errors import UserError


@pytest.mark.parametrize("link", [".certificate.json.tmp", "certificate.json"])
def test_no_link_in_a_models_folder_is_written_through(tmp_path: Path, link: str):
    precious, model = tmp_path / "precious", tmp_path / "model"
    precious.write_text("as it was")
    model.mkdir()
    (model / link).symlink_to(precious)
    path = _publish(model / "certificate.json", "{}")
    assert not path.is_symlink()
    assert path.read_text() == "{}"
    assert precious.read_text() == "as it was"


def test_a_folder_in_its_place_is_said_and_nothing_is_left(tmp_path: Path):
    (tmp_path / "certificate.json").mkdir()
    with pytest.raises(UserError, match=r"certificate\.json is a folder, and a file is needed there"):
        _publish(tmp_path / "certificate.json", "{}")
    assert [path.name for path in tmp_path.iterdir()] == ["certificate.json"]
