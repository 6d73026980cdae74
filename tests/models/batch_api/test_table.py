"""A damaged table of what was submitted: told with what it would cost to move it away."""

from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.models.batch_api.table import BatchTable


@pytest.mark.parametrize("damage", [b"no database, but long enough to be looked at" * 100, None])
def test_a_damaged_table_is_a_sentence(damage: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "batches.sqlite"
    table = BatchTable(path, "server")
    table.prepare("token", ["key"])
    table.close()
    whole = path.read_bytes()
    path.write_bytes(damage or whole[:4096] + b"x" * (len(whole) - 4096))
    with pytest.raises(
        UserError, match=r"batches\.sqlite, which says what was sent .* cannot be used .* paid for twice"
    ):
        BatchTable(path, "server").keys("token")
