"""What is described in openapi.json is what the JSON interface does, whatever it is sent: schemathesis draws the requests."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.review_runs import made_pairs, made_run
from support.review_server import review_server

pytestmark = pytest.mark.extras

# A decision can be well formed and on nothing that there is, or on another text than there is.
CONFIG = """
[auth.openapi.session]
api_key = "{cookie}"
[auth.openapi.token]
api_key = "{token}"
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "410", "422", "429"]
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "410", "413", "415", "422", "429"]
"""


def test_the_interface_does_what_its_description_says(tmp_path: Path):
    run = made_run(tmp_path, made_pairs(30), answers=6)
    with review_server(run, str(tmp_path / "review.sqlite")) as server:
        lead = server.browser("lea")
        config = tmp_path / "schemathesis.toml"
        config.write_text(CONFIG.format(cookie=lead.cookies["secondhalf_review"], token=lead.token), "utf-8")
        command = [
            str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "--no-color", "run",
            f"{server.address}/api/openapi.json", "--url", server.address, "--max-examples", "60", "--seed", "1",
        ]  # fmt: skip
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
