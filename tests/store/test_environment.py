"""What manifests say of the packages and the source."""

import re
from importlib.metadata import version

from secondhalf.store import environment
from support import ROOT


def test_it_names_what_is_installed_and_the_revision() -> None:
    environment._versions.cache_clear()
    environment._revision.cache_clear()
    here = environment.current_environment()
    assert here["packages"]["secondhalf"] == version("secondhalf")
    assert here["packages"]["pyarrow"] == version("pyarrow")
    assert list(here["packages"]) == [name for name in environment.PACKAGES if name in here["packages"]]
    in_a_clone = (ROOT / ".git").exists()
    assert re.fullmatch(r"[0-9a-f]{12}\+?" if in_a_clone else "", here["revision"])


def test_a_package_that_is_missing_is_left_out(monkeypatch) -> None:
    environment._versions.cache_clear()
    monkeypatch.setattr(environment, "PACKAGES", ("pyarrow", "no-such-package"))
    assert environment.current_environment()["packages"] == {"pyarrow": version("pyarrow")}
    environment._versions.cache_clear()


def test_a_manifest_cannot_change_what_the_next_one_says() -> None:
    environment.current_environment()["packages"].clear()
    assert environment.current_environment()["packages"]
